-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who has a pCPU and who waits for one: a vCPU's states, from Xen's own trace.
CREATE TABLE schedule (
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	domid INTEGER NOT NULL CHECK (domid BETWEEN 0 AND 65535),
	vcpu INTEGER NOT NULL CHECK (vcpu BETWEEN 0 AND 65535),
	state TEXT NOT NULL CHECK (state <> ''),
	n INTEGER NOT NULL CHECK (n > 0),
	total_ns REAL NOT NULL CHECK (abs(total_ns) <= 1.7976931348623157e308),
	p5_ns REAL CHECK (abs(p5_ns) <= 1.7976931348623157e308),
	p50_ns REAL CHECK (abs(p50_ns) <= 1.7976931348623157e308),
	p95_ns REAL CHECK (abs(p95_ns) <= 1.7976931348623157e308),
	PRIMARY KEY (run, domid, vcpu, state)
) STRICT;
