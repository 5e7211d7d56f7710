-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sweeps: many configurations of one scenario, simulated. Nothing here tells when or by how many threads it was made, so
-- that the same sweep is the same rows wherever and in whatever order it ran.

-- spec is all that the results depend on, as JSON; hash is over it. configs is how many it has, done or not.
CREATE TABLE sweep (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	hash TEXT NOT NULL CHECK (length(hash) = 64),
	design TEXT NOT NULL CHECK (design <> ''),
	configs INTEGER NOT NULL CHECK (configs > 0),
	spec TEXT NOT NULL
) STRICT;

CREATE TABLE sweep_axis (
	sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
	axis INTEGER NOT NULL CHECK (axis >= 0),
	path TEXT NOT NULL CHECK (path <> ''),
	PRIMARY KEY (sweep, axis)
) STRICT, WITHOUT ROWID;

-- A configuration that is done. failed tells why it has no metrics, '' when it has.
CREATE TABLE sweep_config (
	sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
	config INTEGER NOT NULL CHECK (config >= 0),
	reps INTEGER NOT NULL CHECK (reps >= 0),
	requests INTEGER NOT NULL CHECK (requests >= 0),
	events INTEGER NOT NULL CHECK (events >= 0),
	warmup INTEGER NOT NULL CHECK (warmup >= 0),
	warm INTEGER NOT NULL CHECK (warm IN (0, 1)),
	precise INTEGER NOT NULL CHECK (precise IN (0, 1)),
	limit_what TEXT NOT NULL,
	limit_frac REAL CHECK (abs(limit_frac) <= 1.7976931348623157e308),
	failed TEXT NOT NULL,
	PRIMARY KEY (sweep, config)
) STRICT, WITHOUT ROWID;

-- Where a configuration is on each axis; number is the value in ns, bytes or as it is, null for a word.
CREATE TABLE sweep_value (
	sweep INTEGER NOT NULL,
	config INTEGER NOT NULL,
	axis INTEGER NOT NULL,
	value TEXT NOT NULL,
	number REAL CHECK (abs(number) <= 1.7976931348623157e308),
	PRIMARY KEY (sweep, config, axis),
	FOREIGN KEY (sweep, config) REFERENCES sweep_config (sweep, config) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Known metrics only; lo and hi are null where one replication has no interval.
CREATE TABLE sweep_metric (
	sweep INTEGER NOT NULL,
	config INTEGER NOT NULL,
	metric TEXT NOT NULL,
	value REAL NOT NULL CHECK (abs(value) <= 1.7976931348623157e308),
	lo REAL CHECK (abs(lo) <= 1.7976931348623157e308),
	hi REAL CHECK (abs(hi) <= 1.7976931348623157e308),
	PRIMARY KEY (sweep, config, metric),
	FOREIGN KEY (sweep, config) REFERENCES sweep_config (sweep, config) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
