-- SPDX-License-Identifier: GPL-3.0-or-later
-- Runs as they were measured, and what was fitted to them. A migration that has
-- been released is never edited: the next change is the next file.

-- One measured run. hash is over its documents: the same content twice is one run.
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
	platform TEXT NOT NULL CHECK (platform <> ''),
	cell TEXT NOT NULL CHECK (cell <> ''),
	repeat INTEGER NOT NULL CHECK (repeat >= 0),
	role TEXT NOT NULL CHECK (role IN ('none', 'calibrate', 'validate')),
	started TEXT NOT NULL,
	manifest TEXT NOT NULL
) STRICT;

CREATE INDEX run_by_cell ON run (platform, cell, repeat);

-- The bytes that came home, verbatim: what is shredded below can be checked against them.
CREATE TABLE document (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (name <> ''),
	bytes BLOB NOT NULL,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	PRIMARY KEY (run, name)
) STRICT;

-- Known metrics only: what is not known has no row. A REAL column takes infinities, so CHECK.
CREATE TABLE metric (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	metric TEXT NOT NULL,
	value REAL NOT NULL CHECK (abs(value) <= 1.7976931348623157e308),
	PRIMARY KEY (run, metric)
) STRICT;

-- The drivers' own counters over the run, a side each.
CREATE TABLE stat (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	side TEXT NOT NULL,
	key TEXT NOT NULL,
	value REAL NOT NULL CHECK (abs(value) <= 1.7976931348623157e308),
	PRIMARY KEY (run, side, key)
) STRICT;

-- Cost parameters fitted to a platform's runs.
CREATE TABLE param_set (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	platform TEXT NOT NULL,
	created TEXT NOT NULL,
	manifest TEXT NOT NULL
) STRICT;

CREATE TABLE param (
	param_set INTEGER NOT NULL REFERENCES param_set (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	value REAL NOT NULL CHECK (abs(value) <= 1.7976931348623157e308),
	lo REAL CHECK (abs(lo) <= 1.7976931348623157e308),
	hi REAL CHECK (abs(hi) <= 1.7976931348623157e308),
	identifiable INTEGER NOT NULL CHECK (identifiable IN (0, 1)),
	unit TEXT NOT NULL,
	PRIMARY KEY (param_set, name)
) STRICT;
