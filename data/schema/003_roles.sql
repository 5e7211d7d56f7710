-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which split gave a run its role, and which runs a parameter set was fitted to: both are kept by
-- the database itself, so that no program and no hand turns a run that was seen into one held out.

-- A split.csv as it was applied.
CREATE TABLE split (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
	bytes BLOB NOT NULL
) STRICT;

-- A run's role as its first split gave it. A cell that no split names has no seal.
CREATE TABLE role_seal (
	run INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
	split INTEGER NOT NULL REFERENCES split (id)
) STRICT;

CREATE TRIGGER role_is_sealed BEFORE UPDATE OF role ON run
WHEN NEW.role <> OLD.role AND EXISTS (SELECT 1 FROM role_seal WHERE role_seal.run = OLD.id)
BEGIN
	SELECT RAISE(ABORT, 'the role of this run is sealed by a split');
END;

CREATE TRIGGER seal_is_not_moved BEFORE UPDATE ON role_seal
BEGIN
	SELECT RAISE(ABORT, 'the role of this run is sealed by a split');
END;

-- Not where the run itself goes.
CREATE TRIGGER seal_is_not_broken BEFORE DELETE ON role_seal
WHEN EXISTS (SELECT 1 FROM run WHERE run.id = OLD.run)
BEGIN
	SELECT RAISE(ABORT, 'the role of this run is sealed by a split');
END;

-- The runs that a parameter set was fitted to, by content: they need not be here any more.
CREATE TABLE calibration_run (
	param_set INTEGER NOT NULL REFERENCES param_set (id) ON DELETE CASCADE,
	run_hash TEXT NOT NULL CHECK (length(run_hash) = 64),
	PRIMARY KEY (param_set, run_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX calibration_run_by_hash ON calibration_run (run_hash);

-- Sets from before: their manifest says it.
INSERT OR IGNORE INTO calibration_run (param_set, run_hash)
SELECT s.id, j.value FROM param_set AS s, json_each(s.manifest, '$.calibrated_on') AS j
WHERE j.type = 'text' AND length(j.value) = 64;

CREATE TRIGGER held_out_run_cannot_calibrate BEFORE INSERT ON calibration_run
WHEN EXISTS (SELECT 1 FROM run WHERE run.hash = NEW.run_hash AND run.role = 'validate')
BEGIN
	SELECT RAISE(ABORT, 'a run that is held out for validation cannot calibrate');
END;

CREATE TRIGGER calibration_run_cannot_validate BEFORE UPDATE OF role ON run
WHEN NEW.role = 'validate' AND EXISTS (SELECT 1 FROM calibration_run WHERE run_hash = NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'a run that parameters were fitted to cannot validate');
END;

CREATE TRIGGER calibration_run_cannot_return BEFORE INSERT ON run
WHEN NEW.role = 'validate' AND EXISTS (SELECT 1 FROM calibration_run WHERE run_hash = NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'a run that parameters were fitted to cannot validate');
END;

-- What was measured, as far as cell.txt, job and manifest say it; null where they do not.
CREATE TABLE config (
	run INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
	front_policy TEXT NOT NULL,
	back_policy TEXT NOT NULL,
	device TEXT NOT NULL,
	grants TEXT NOT NULL,
	rw TEXT NOT NULL,
	bs_bytes INTEGER NOT NULL CHECK (bs_bytes > 0),
	iodepth INTEGER NOT NULL CHECK (iodepth > 0),
	numjobs INTEGER NOT NULL CHECK (numjobs > 0),
	pcpus INTEGER NOT NULL CHECK (pcpus > 0)
) STRICT;
