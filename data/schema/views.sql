-- SPDX-License-Identifier: GPL-3.0-or-later
-- For people who ask the database with sqlite3 alone; README.md has their columns. They belong to the
-- program, not to the data: a database that has others gets these when it is opened.

-- A run a line, a metric a column; null is not known.
CREATE VIEW runs AS
SELECT run.id AS run, run.platform, run.cell, run.repeat, run.role, run.started,
	config.front_policy, config.back_policy, config.device, config.grants,
	config.rw, config.bs_bytes, config.iodepth, config.numjobs, config.pcpus,
	@METRICS@
	run.hash
FROM run LEFT JOIN config ON config.run = run.id LEFT JOIN metric ON metric.run = run.id
GROUP BY run.id;

-- A cell and metric a line: the median of its repeats, and how far they lie apart.
CREATE VIEW cells AS
WITH ranked AS (
	SELECT run.platform, run.cell, run.role, metric.metric, metric.value,
		row_number() OVER (PARTITION BY run.platform, run.cell, metric.metric ORDER BY metric.value) AS at,
		count(*) OVER (PARTITION BY run.platform, run.cell, metric.metric) AS repeats
	FROM run JOIN metric ON metric.run = run.id
)
SELECT platform, cell, CASE WHEN min(role) = max(role) THEN min(role) ELSE 'mixed' END AS role,
	metric, repeats,
	avg(value) FILTER (WHERE at IN ((repeats + 1) / 2, (repeats + 2) / 2)) AS median,
	min(value) AS lowest, max(value) AS highest, avg(value) AS mean,
	(max(value) - min(value)) / nullif(avg(value) FILTER (WHERE at IN ((repeats + 1) / 2, (repeats + 2) / 2)), 0)
		AS spread_frac
FROM ranked
GROUP BY platform, cell, metric;

-- Where the time of a request went, from the drivers' traces.
CREATE VIEW stages AS
SELECT run.id AS run, run.platform, run.cell, run.repeat, run.role,
	stage.stage, stage.n, stage.mean_ns, stage.p50_ns, stage.p90_ns, stage.p99_ns,
	stage.n * stage.mean_ns / nullif(total.n * total.mean_ns, 0) AS total_frac
FROM stage JOIN run ON run.id = stage.run
LEFT JOIN stage AS total ON total.run = stage.run AND total.stage = 'total';

-- Distributions of latency: how many samples were so long, and which share was no longer.
CREATE VIEW latencies AS
SELECT run.id AS run, run.platform, run.cell, run.repeat, run.role,
	latency.what, latency.way, latency.value_ns, latency.n,
	sum(latency.n) OVER (PARTITION BY latency.run, latency.what, latency.way ORDER BY latency.value_ns) * 1.0
		/ sum(latency.n) OVER (PARTITION BY latency.run, latency.what, latency.way) AS cum_frac
FROM latency JOIN run ON run.id = latency.run;

-- Who had a pCPU and who waited for one, from Xen's own trace.
CREATE VIEW schedules AS
SELECT run.id AS run, run.platform, run.cell, run.repeat, run.role,
	schedule.domid, schedule.vcpu, schedule.state, schedule.n, schedule.total_ns,
	schedule.total_ns / schedule.n AS mean_ns, schedule.p5_ns, schedule.p50_ns, schedule.p95_ns
FROM schedule JOIN run ON run.id = schedule.run;

-- Fitted parameters with their 95 % interval.
CREATE VIEW parameters AS
SELECT param_set.name AS param_set, param_set.platform, param_set.created,
	param.name AS parameter, param.value, param.lo, param.hi, param.unit, param.identifiable,
	(SELECT count(*) FROM calibration_run WHERE calibration_run.param_set = param_set.id) AS runs
FROM param JOIN param_set ON param_set.id = param.param_set;

-- Who gave a run its role, and which parameter sets have seen it.
CREATE VIEW roles AS
SELECT run.id AS run, run.platform, run.cell, run.repeat, run.role, split.sha256 AS split_sha256,
	(SELECT group_concat(param_set.name, ' ') FROM calibration_run
		JOIN param_set ON param_set.id = calibration_run.param_set
		WHERE calibration_run.run_hash = run.hash) AS calibrated,
	run.hash
FROM run LEFT JOIN role_seal ON role_seal.run = run.id LEFT JOIN split ON split.id = role_seal.split;
