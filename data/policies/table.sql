-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who wins where on the hosted pair, and what it costs: medians over the repeats.
--
--	ringlab import --db policies.db data/policies/hosted
--	sqlite3 -markdown policies.db < data/policies/table.sql
--
-- A row a policy, a column a depth: thousands of IOPS (times event's), CPU time a request of the driver domain in us.
CREATE TEMP TABLE sample AS
SELECT substr(cell, 7, instr(cell, '-randread') - 7) AS policy,
       CASE WHEN cell LIKE '%-64k-%' THEN '64k' ELSE '4k' END AS bs,
       CASE WHEN cell LIKE '%-qd1-%' THEN 1 WHEN cell LIKE '%-qd4-%' THEN 4 ELSE 32 END AS depth,
       CASE WHEN cell LIKE '%-one%' THEN 'one' ELSE 'two' END AS cores,
       (SELECT value FROM metric m WHERE m.run = run.id AND metric = 'iops') AS iops,
       (SELECT value FROM stat s WHERE s.run = run.id AND side = 'back' AND key = 'cpu_ns') /
       (SELECT value FROM stat s WHERE s.run = run.id AND side = 'back' AND key = 'requests') AS cpu
FROM run
WHERE platform = 'hosted';

CREATE TEMP TABLE ranked AS
SELECT *, row_number() OVER (PARTITION BY policy, bs, depth, cores ORDER BY iops) AS nth,
       row_number() OVER (PARTITION BY policy, bs, depth, cores ORDER BY cpu) AS nth_cpu,
       count(*) OVER (PARTITION BY policy, bs, depth, cores) AS n
FROM sample;

-- spread: half the distance of the quartiles, in percent of the median
CREATE TEMP TABLE point AS
SELECT policy, bs, depth, cores,
       max(iops) FILTER (WHERE nth = (n + 1) / 2) AS iops,
       max(cpu) FILTER (WHERE nth_cpu = (n + 1) / 2) AS cpu,
       50 * (max(iops) FILTER (WHERE nth = (3 * n + 3) / 4) - max(iops) FILTER (WHERE nth = (n + 3) / 4)) /
       max(iops) FILTER (WHERE nth = (n + 1) / 2) AS spread
FROM ranked
GROUP BY policy, bs, depth, cores;

CREATE TEMP TABLE shown AS
SELECT p.*, p.iops / e.iops AS ratio,
       printf('%.1f (%.2f) %.2f', p.iops / 1e3, p.iops / e.iops, p.cpu / 1e3) AS text
FROM point p
JOIN point e ON e.policy = 'event' AND e.bs = p.bs AND e.depth = p.depth AND e.cores = p.cores;

SELECT cores, bs, policy,
       max(text) FILTER (WHERE depth = 1) AS "depth 1",
       max(text) FILTER (WHERE depth = 4) AS "depth 4",
       max(text) FILTER (WHERE depth = 32) AS "depth 32",
       printf('%.1f %%', max(spread)) AS "largest spread"
FROM shown
GROUP BY cores, bs, policy
ORDER BY cores, bs DESC, max(ratio) FILTER (WHERE depth = 1) DESC;

SELECT cores, bs, depth,
       (SELECT policy FROM shown s WHERE (s.cores, s.bs, s.depth) = (t.cores, t.bs, t.depth) ORDER BY iops DESC LIMIT 1) AS fastest,
       printf('%.2f', max(ratio)) AS "times event",
       (SELECT policy FROM shown s WHERE (s.cores, s.bs, s.depth) = (t.cores, t.bs, t.depth) ORDER BY cpu LIMIT 1) AS "least CPU",
       printf('%.2f', min(cpu) / 1e3) AS "us a request"
FROM shown t
GROUP BY cores, bs, depth
ORDER BY cores, bs DESC, depth;
