-- SPDX-License-Identifier: GPL-3.0-or-later
-- Distributions of latency: as fio's bins, and what the lines of its logs add up to.

-- value_ns is the middle of the bin, as fio prints it.
CREATE TABLE latency (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	what TEXT NOT NULL CHECK (what <> ''),
	way TEXT NOT NULL CHECK (way <> ''),
	value_ns INTEGER NOT NULL CHECK (value_ns >= 0),
	n INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (run, what, way, value_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE latency_log (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	what TEXT NOT NULL CHECK (what <> ''),
	way TEXT NOT NULL CHECK (way <> ''),
	n INTEGER NOT NULL CHECK (n > 0),
	mean_ns REAL NOT NULL CHECK (abs(mean_ns) <= 1.7976931348623157e308),
	min_ns REAL NOT NULL CHECK (abs(min_ns) <= 1.7976931348623157e308),
	max_ns REAL NOT NULL CHECK (abs(max_ns) <= 1.7976931348623157e308),
	averaged INTEGER NOT NULL CHECK (averaged IN (0, 1)),
	PRIMARY KEY (run, what, way)
) STRICT;
