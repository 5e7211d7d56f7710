-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where the time of a request went, from the drivers' traces: a stage is the time since the stamp before.
CREATE TABLE stage (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	stage TEXT NOT NULL CHECK (stage <> ''),
	n INTEGER NOT NULL CHECK (n > 0),
	mean_ns REAL NOT NULL CHECK (abs(mean_ns) <= 1.7976931348623157e308),
	p50_ns REAL NOT NULL CHECK (abs(p50_ns) <= 1.7976931348623157e308),
	p90_ns REAL NOT NULL CHECK (abs(p90_ns) <= 1.7976931348623157e308),
	p99_ns REAL NOT NULL CHECK (abs(p99_ns) <= 1.7976931348623157e308),
	PRIMARY KEY (run, stage)
) STRICT;
