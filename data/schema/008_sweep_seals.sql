-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a configuration of a sweep was when it was put in, as a hash over its rows and over the hash of its sweep. What is
-- older than this has none.
CREATE TABLE sweep_seal (
	sweep INTEGER NOT NULL,
	config INTEGER NOT NULL,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	PRIMARY KEY (sweep, config),
	FOREIGN KEY (sweep, config) REFERENCES sweep_config (sweep, config) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
