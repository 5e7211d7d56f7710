-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was put in, as a hash: a value that has changed since would change predictions, and no check of the file's structure
-- sees it. Documents and figures have theirs already; these are over the rest of a run, and over a parameter set. What is
-- older than this has none.
CREATE TABLE run_seal (
	run INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;

CREATE TABLE param_seal (
	param_set INTEGER PRIMARY KEY REFERENCES param_set (id) ON DELETE CASCADE,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;
