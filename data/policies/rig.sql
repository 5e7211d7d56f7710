-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every policy on the rig's two CPUs: medians over the repeats.
--
--	ringlab import --db rig.db data/policies/xen-qemu-parallel
--	sqlite3 -markdown rig.db < data/policies/rig.sql
--
-- A cell of the table: IOPS (times event's), CPU time a request of both domains in us.
CREATE TEMP TABLE sample AS
SELECT substr(cell, 7, instr(cell, '-randread') - 7) AS policy,
       CASE WHEN cell LIKE '%-64k-%' THEN '64k' ELSE '4k' END AS bs,
       CASE WHEN cell LIKE '%-qd1%' THEN 1 WHEN cell LIKE '%-qd4%' THEN 4 ELSE 32 END AS depth,
       (SELECT value FROM metric m WHERE m.run = run.id AND metric = 'iops') AS iops,
       (SELECT value FROM metric m WHERE m.run = run.id AND metric = 'cpu_ns_per_request') AS cpu
FROM run
WHERE platform = 'xen-qemu-parallel';

CREATE TEMP TABLE ranked AS
SELECT *, row_number() OVER (PARTITION BY policy, bs, depth ORDER BY iops) AS nth,
       row_number() OVER (PARTITION BY policy, bs, depth ORDER BY cpu) AS nth_cpu,
       count(*) OVER (PARTITION BY policy, bs, depth) AS n
FROM sample;

-- spread: half the range, in percent of the median
CREATE TEMP TABLE point AS
SELECT policy, bs, depth,
       max(iops) FILTER (WHERE nth = (n + 1) / 2) AS iops,
       max(cpu) FILTER (WHERE nth_cpu = (n + 1) / 2) AS cpu,
       50 * (max(iops) - min(iops)) / max(iops) FILTER (WHERE nth = (n + 1) / 2) AS spread
FROM ranked
GROUP BY policy, bs, depth;

CREATE TEMP TABLE shown AS
SELECT p.*, p.iops / e.iops AS ratio, printf('%.0f (%.2f) %.0f', p.iops, p.iops / e.iops, p.cpu / 1e3) AS text
FROM point p
JOIN point e ON e.policy = 'event' AND e.bs = p.bs AND e.depth = p.depth;

SELECT policy,
       max(text) FILTER (WHERE bs = '4k' AND depth = 1) AS "4k qd1",
       max(text) FILTER (WHERE bs = '4k' AND depth = 4) AS "4k qd4",
       max(text) FILTER (WHERE bs = '4k' AND depth = 32) AS "4k qd32",
       max(text) FILTER (WHERE bs = '64k' AND depth = 1) AS "64k qd1",
       max(text) FILTER (WHERE bs = '64k' AND depth = 4) AS "64k qd4",
       max(text) FILTER (WHERE bs = '64k' AND depth = 32) AS "64k qd32",
       printf('%.0f %%', max(spread)) AS "largest spread"
FROM shown
GROUP BY policy
ORDER BY max(ratio) FILTER (WHERE bs = '4k' AND depth = 1) DESC;
