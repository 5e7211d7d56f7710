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

-- A cell and metric a line: the median of its repeats, its 95 % interval, and how far they lie apart.
-- 1.2533: the median's standard error is so many of the mean's, for normal noise.
CREATE VIEW cells AS
WITH ranked AS (
	SELECT run.platform, run.cell, run.role, metric.metric, metric.value,
		avg(metric.value) OVER (PARTITION BY run.platform, run.cell, metric.metric) AS middle,
		row_number() OVER (PARTITION BY run.platform, run.cell, metric.metric ORDER BY metric.value) AS at,
		count(*) OVER (PARTITION BY run.platform, run.cell, metric.metric) AS repeats
	FROM run JOIN metric ON metric.run = run.id
), summed AS (
	SELECT platform, cell, CASE WHEN min(role) = max(role) THEN min(role) ELSE 'mixed' END AS role,
		metric, repeats,
		avg(value) FILTER (WHERE at IN ((repeats + 1) / 2, (repeats + 2) / 2)) AS median,
		min(value) AS lowest, max(value) AS highest, avg(value) AS mean,
		1.2533 * sqrt(sum((value - middle) * (value - middle)) / max(repeats - 1, 1) / repeats) AS error
	FROM ranked
	GROUP BY platform, cell, metric
)
SELECT platform, cell, role, metric, repeats, median, median - 1.96 * error AS lo, median + 1.96 * error AS hi,
	lowest, highest, mean, (highest - lowest) / nullif(median, 0) AS spread_frac
FROM summed;

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

-- Simulated sweeps: what there is of each.
CREATE VIEW sweeps AS
SELECT sweep.name AS sweep, sweep.design, sweep.configs,
	(SELECT count(*) FROM sweep_config WHERE sweep_config.sweep = sweep.id) AS done,
	(SELECT count(*) FROM sweep_config WHERE sweep_config.sweep = sweep.id AND failed <> '') AS failed,
	(SELECT group_concat(path, ' ') FROM (SELECT path FROM sweep_axis WHERE sweep_axis.sweep = sweep.id ORDER BY axis)) AS paths,
	sweep.hash
FROM sweep;

-- Where each configuration is on each axis.
CREATE VIEW sweep_points AS
SELECT sweep.name AS sweep, sweep_value.config, sweep_axis.path, sweep_value.value, sweep_value.number
FROM sweep_value JOIN sweep ON sweep.id = sweep_value.sweep
JOIN sweep_axis ON sweep_axis.sweep = sweep_value.sweep AND sweep_axis.axis = sweep_value.axis;

-- A configuration and metric a line, with its interval.
CREATE VIEW sweep_metrics AS
SELECT sweep.name AS sweep, sweep_metric.config, sweep_metric.metric, sweep_metric.value, sweep_metric.lo, sweep_metric.hi
FROM sweep_metric JOIN sweep ON sweep.id = sweep_metric.sweep;

-- A configuration a line, a metric a column.
CREATE VIEW sweep_results AS
SELECT sweep.name AS sweep, c.config,
	(SELECT group_concat(path || '=' || value, ' ') FROM (SELECT path, value FROM sweep_value JOIN sweep_axis USING (sweep, axis)
		WHERE sweep_value.sweep = c.sweep AND sweep_value.config = c.config ORDER BY axis)) AS point,
	@METRICS@
	c.limit_what AS limited_by, c.limit_frac, c.reps, c.requests, c.events, c.warm AS warmup_found, c.precise, c.failed
FROM sweep_config AS c JOIN sweep ON sweep.id = c.sweep
LEFT JOIN sweep_metric AS metric ON metric.sweep = c.sweep AND metric.config = c.config
GROUP BY c.sweep, c.config;

-- Who is beaten by nobody: no other configuration of the sweep is as good in each of the figures and better in one.
CREATE VIEW sweep_pareto AS
WITH figure AS MATERIALIZED (
	SELECT sweep, config, max(value) FILTER (WHERE metric = 'iops') AS iops,
		max(value) FILTER (WHERE metric = 'cpu_ns_per_request') AS cpu, max(value) FILTER (WHERE metric = 'clat_p99_ns') AS p99
	FROM sweep_metric WHERE metric IN ('iops', 'cpu_ns_per_request', 'clat_p99_ns') GROUP BY sweep, config
), best AS (
	SELECT *, min(cpu) OVER same AS same_cpu, min(cpu) OVER more AS more_cpu, min(p99) OVER same AS same_p99, min(p99) OVER more AS more_p99
	FROM figure
	WINDOW same AS (PARTITION BY sweep ORDER BY iops DESC GROUPS UNBOUNDED PRECEDING),
		more AS (PARTITION BY sweep ORDER BY iops DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), front AS (
	SELECT *, cpu = same_cpu AND cpu < ifnull(more_cpu, 9e999) AS front_cpu, p99 = same_p99 AND p99 < ifnull(more_p99, 9e999) AS front_p99,
		NOT EXISTS (SELECT 1 FROM figure AS f WHERE f.sweep = best.sweep AND f.iops >= best.iops AND f.cpu <= best.cpu AND f.p99 <= best.p99
			AND (f.iops > best.iops OR f.cpu < best.cpu OR f.p99 < best.p99)) AS front_all
	FROM best
)
SELECT sweep.name AS sweep, front.config,
	(SELECT group_concat(path || '=' || value, ' ') FROM (SELECT path, value FROM sweep_value JOIN sweep_axis USING (sweep, axis)
		WHERE sweep_value.sweep = front.sweep AND sweep_value.config = front.config ORDER BY axis)) AS point,
	front.iops, front.cpu AS cpu_ns_per_request, front.p99 AS clat_p99_ns, front.front_cpu, front.front_p99, front.front_all
FROM front JOIN sweep ON sweep.id = front.sweep
WHERE front.front_cpu OR front.front_p99 OR front.front_all;

-- Where one choice overtakes another along an axis of numbers, all else equal.
CREATE VIEW sweep_crossover AS
WITH kind AS MATERIALIZED (
	SELECT sweep, axis, path, min(number IS NOT NULL) AS number FROM sweep_value JOIN sweep_axis USING (sweep, axis) GROUP BY sweep, axis
), line AS MATERIALIZED (
	SELECT c.sweep, c.config, c.axis AS choice, c.value AS option, x.axis AS along, x.number AS at,
		ifnull((SELECT group_concat(path || '=' || value, ' ') FROM (SELECT path, value FROM sweep_value AS r JOIN sweep_axis USING (sweep, axis)
			WHERE r.sweep = c.sweep AND r.config = c.config AND r.axis NOT IN (c.axis, x.axis) ORDER BY r.axis)), '') AS rest
	FROM sweep_value AS c JOIN kind AS ck ON ck.sweep = c.sweep AND ck.axis = c.axis AND NOT ck.number
	JOIN sweep_value AS x ON x.sweep = c.sweep AND x.config = c.config
	JOIN kind AS xk ON xk.sweep = x.sweep AND xk.axis = x.axis AND xk.number
), metric AS MATERIALIZED (
	SELECT line.*, sweep_metric.metric, sweep_metric.value * CASE sweep_metric.metric WHEN 'iops' THEN 1 ELSE -1 END AS good
	FROM line JOIN sweep_metric ON sweep_metric.sweep = line.sweep AND sweep_metric.config = line.config
	WHERE sweep_metric.metric IN ('iops', 'cpu_ns_per_request', 'clat_mean_ns', 'clat_p99_ns')
), pair AS (
	SELECT a.sweep, a.metric, a.choice, a.along, a.rest, a.option AS a, b.option AS b, a.at, a.good - b.good AS lead,
		lead(a.at) OVER next AS next_at, lead(a.good - b.good) OVER next AS next_lead
	FROM metric AS a JOIN metric AS b ON b.sweep = a.sweep AND b.metric = a.metric AND b.choice = a.choice AND b.along = a.along
		AND b.rest = a.rest AND b.at = a.at AND a.option < b.option AND a.good <> b.good
	WINDOW next AS (PARTITION BY a.sweep, a.metric, a.choice, a.along, a.rest, a.option, b.option ORDER BY a.at)
)
SELECT sweep.name AS sweep, pair.metric, choice.path AS choice, along.path AS along, pair.rest,
	CASE WHEN pair.lead > 0 THEN pair.a ELSE pair.b END AS leader, CASE WHEN pair.lead > 0 THEN pair.b ELSE pair.a END AS overtaker,
	pair.at AS from_number, pair.next_at AS to_number,
	pair.at + (pair.next_at - pair.at) * pair.lead / (pair.lead - pair.next_lead) AS crossover
FROM pair JOIN sweep ON sweep.id = pair.sweep
JOIN sweep_axis AS choice ON choice.sweep = pair.sweep AND choice.axis = pair.choice
JOIN sweep_axis AS along ON along.sweep = pair.sweep AND along.axis = pair.along
WHERE pair.lead * pair.next_lead < 0;

-- Campaigns of deaths and faults: a seed of realdrv/rig/kills a line. committed: all that ran in it was built from committed
-- code, by what its boots say themselves or by another boot that had the same modules.
CREATE VIEW campaigns AS
WITH boot AS MATERIALIZED (
	SELECT campaign.id AS campaign, json_extract(at.value, '$.commit') IS NOT NULL AND json_extract(at.value, '$.commit_dirty') IS 0 AS clean,
		json_extract(at.value, '$.modules_sha256') AS code
	FROM campaign, (SELECT 1 AS boots UNION ALL SELECT 0) AS part,
		json_each(CASE WHEN part.boots THEN ifnull(json_extract(campaign.manifest, '$.boots'), '[]') ELSE json_array(json(campaign.manifest)) END) AS at
)
SELECT campaign.name AS campaign, campaign.platform, campaign.pair, campaign.kind, campaign.started,
	(SELECT count(*) FROM death WHERE death.campaign = campaign.id) AS deaths,
	(SELECT count(DISTINCT job) FROM death WHERE death.campaign = campaign.id) AS jobs,
	json_extract(campaign.manifest, '$.commit') AS commit_id,
	NOT EXISTS (SELECT 1 FROM boot WHERE boot.campaign = campaign.id AND NOT boot.clean
		AND (boot.code IS NULL OR boot.code NOT IN (SELECT code FROM boot WHERE clean AND code IS NOT NULL))) AS committed,
	campaign.hash
FROM campaign;

-- A death or a fault a line, and what became of the guest's job. moment: what the death met, not what it was meant for.
CREATE VIEW deaths AS
SELECT campaign.name AS campaign, campaign.platform, campaign.pair, campaign.kind, death.job, death.death,
	ifnull(death.fault, death.how) AS cause,
	CASE WHEN death.moment IS NOT 'served' THEN death.moment WHEN death.flushes > 0 THEN 'mid-flush' WHEN death.in_flight > 0 THEN 'in flight'
		WHEN death.in_flight = 0 THEN 'idle' ELSE death.moment END AS moment,
	CASE WHEN ifnull(death.fault, death.how) IS NULL OR (death.fault IS NOT NULL AND death.domain IS NULL) THEN 'no death'
		WHEN death.offered = 'hung' THEN 'hung' WHEN death.ended <> 'whole' THEN 'lost'
		WHEN campaign.pair = 'stock' AND death.offered IS NOT '0' THEN 'failed'
		WHEN campaign.pair = 'own' AND (death.fio IS NOT '0' OR ifnull(death.failed, 1) > 0 OR death.wrong > 0) THEN 'failed'
		WHEN campaign.pair = 'own' AND ifnull(death.judged, 0) = 0 THEN 'unjudged'
		WHEN death.domain = 'lives' THEN 'beside' WHEN campaign.pair = 'stock' THEN 'ended' ELSE 'verified' END AS outcome,
	death.grants, death.back_policy, death.depth, death.fsync, death.in_flight, death.fenced_us, death.chosen_us, death.named_us, death.served_us,
	death.longest_us, death.parked_ns, death.failed, death.offered, death.anew, death.judged, death.wrong, death.blocked, death.complaints, death.ended,
	death.more
FROM death JOIN campaign ON campaign.id = death.campaign;
