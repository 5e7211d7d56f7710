-- SPDX-License-Identifier: GPL-3.0-or-later
-- Driver domains that died or were made to fail, and what became of the guest's job: a campaign is what one seed of
-- realdrv/rig/kills told. Its lines and its manifest are kept as they came; what is read out of them is in death.
CREATE TABLE campaign (
	id INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	platform TEXT NOT NULL CHECK (platform <> ''),
	pair TEXT NOT NULL CHECK (pair IN ('own', 'stock')),
	kind TEXT NOT NULL CHECK (kind IN ('death', 'fault')),
	started TEXT NOT NULL,
	manifest TEXT NOT NULL,
	csv BLOB NOT NULL
) STRICT;

-- Null: not known, or not told of such a campaign. more has the columns that this schema does not know, as JSON.
CREATE TABLE death (
	campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
	job TEXT NOT NULL CHECK (job <> ''),
	death INTEGER NOT NULL CHECK (death > 0),
	how TEXT,
	fault TEXT,
	moment TEXT,
	front_state INTEGER,
	back_state INTEGER,
	grants TEXT,
	back_policy TEXT,
	depth INTEGER,
	fsync INTEGER,
	at_us INTEGER,
	lag_us INTEGER,
	in_flight INTEGER,
	flushes INTEGER,
	fenced_us INTEGER,
	chosen_us INTEGER,
	named_us INTEGER,
	served_us INTEGER,
	longest_us INTEGER,
	parked_ns INTEGER,
	failed INTEGER,
	fio TEXT,
	domain TEXT,
	offered TEXT,
	anew TEXT,
	after TEXT,
	judged INTEGER,
	wrong INTEGER,
	blocked INTEGER,
	complaints INTEGER,
	ended TEXT NOT NULL,
	more TEXT,
	PRIMARY KEY (campaign, job, death)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_seal (
	campaign INTEGER PRIMARY KEY REFERENCES campaign (id) ON DELETE CASCADE,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;
