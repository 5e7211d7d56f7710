/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes sense as a job. */
#include "model/job.h"

#include "model/replay.h"

#include <errno.h>
#include <string.h>

#define MAX_BS_BYTES	(4u << 20)
#define MIN_BLOCK_BYTES 512u
#define MAX_HORIZON_NS	(24ull * 3600 * 1000000000ull)
#define MAX_IOPS	100000000ull
#define MAX_OFFSET	(1ull << 53) /* bytes: far more than any disk, far from wrapping */

void rl_job_default(struct rl_job *job)
{
	memset(job, 0, sizeof(*job));
	job->rw = RL_RW_READ;
	job->rwmixread = 50;
	job->bs_bytes = 4096;
	job->iodepth = 1;
	job->numjobs = 1;
	job->batch = 1;
	job->complete_min = 1;
	job->replay_time_scale = 100;
}

static int bad(struct rl_err *err, const char *field, const char *expected)
{
	return rl_err_set(
		err, -EINVAL, NULL, 0, 0, "%s out of range (expected %s)", field, expected);
}

static bool is_block(uint64_t bytes)
{
	return bytes >= MIN_BLOCK_BYTES && bytes <= MAX_BS_BYTES && bytes % MIN_BLOCK_BYTES == 0;
}

static int check_split(const struct rl_job *j, enum rl_dir dir, struct rl_err *err)
{
	uint32_t sum = 0;

	if (j->nsplit[dir] > RL_SPLITS)
		return bad(err, "job.bssplit", "at most 16 block sizes");
	for (uint32_t i = 0; i < j->nsplit[dir]; i++) {
		if (!is_block(j->split[dir][i].bytes))
			return bad(err, "job.bssplit", "multiples of 512, up to 4m");
		/* fio rounds such a size down to a multiple of the smallest. */
		if (j->split[dir][i].bytes % j->split[dir][0].bytes)
			return bad(err, "job.bssplit", "multiples of its smallest size");
		sum += j->split[dir][i].percent;
	}
	if (j->nsplit[dir] && sum != 100)
		return bad(err, "job.bssplit", "percentages that add up to 100");
	return 0;
}

static int check_depth(const struct rl_job *j, struct rl_err *err)
{
	if (j->iodepth < 1 || j->iodepth > RL_JOB_DEPTH)
		return bad(err, "job.iodepth", "1 to 65536");
	if (j->numjobs < 1 || j->numjobs > RL_JOB_CLONES)
		return bad(err, "job.numjobs", "1 to 1024");
	if (j->batch < 1)
		return bad(err, "job.iodepth_batch", "at least 1");
	return 0;
}

static int check_times(const struct rl_job *j, struct rl_err *err)
{
	if (j->runtime_ns > MAX_HORIZON_NS)
		return bad(err, "job.runtime", "at most 24h");
	if (j->ramp_ns > MAX_HORIZON_NS)
		return bad(err, "job.ramp_time", "at most 24h");
	if (j->startdelay_ns > MAX_HORIZON_NS)
		return bad(err, "job.startdelay", "at most 24h");
	if (j->thinktime_ns > MAX_HORIZON_NS)
		return bad(err, "job.thinktime", "at most 24h");
	if (j->thinktime_iotime_ns > MAX_HORIZON_NS)
		return bad(err, "job.thinktime_iotime", "at most 24h");
	if (j->thinktime_spin_ns > j->thinktime_ns)
		return bad(err, "job.thinktime_spin", "at most thinktime");
	if (!j->thinktime_ns && (j->thinktime_iotime_ns || j->thinktime_blocks))
		return bad(err, "job.thinktime", "more than 0 with thinktime_blocks or _iotime");
	return 0;
}

static int check_rate(const struct rl_job *j, struct rl_err *err)
{
	for (int d = 0; d < RL_DIRS; d++) {
		if (j->rate_bytes_per_s[d] && j->rate_iops[d])
			return rl_err_set(err, -EINVAL, NULL, 0, 0,
				"job.rate and rate_iops exclude each other (expected one)");
		if (j->rate_iops[d] > MAX_IOPS)
			return bad(err, "job.rate_iops", "at most 100000000");
		if (j->rate_bytes_per_s[d] > MAX_IOPS * MIN_BLOCK_BYTES)
			return bad(err, "job.rate", "at most 51200000000");
	}
	if (j->poisson && !j->rate_bytes_per_s[0] && !j->rate_bytes_per_s[1] && !j->rate_iops[0] &&
		!j->rate_iops[1] && !j->replay)
		return bad(err, "job.rate_process", "rate or rate_iops beside poisson");
	return 0;
}

static int check_place(const struct rl_job *j, struct rl_err *err)
{
	double a = j->spread_arg;

	if (j->size_bytes > MAX_OFFSET)
		return bad(err, "job.size", "at most 8192t");
	if (j->io_size_bytes > MAX_OFFSET)
		return bad(err, "job.io_size", "at most 8192t");
	if (j->offset_bytes > MAX_OFFSET || j->offset_bytes % MIN_BLOCK_BYTES)
		return bad(err, "job.offset", "a multiple of 512, at most 8192t");
	if (j->offset_increment_bytes > MAX_OFFSET / RL_JOB_CLONES ||
		j->offset_increment_bytes % MIN_BLOCK_BYTES)
		return bad(err, "job.offset_increment", "a multiple of 512, at most 8t");
	if (j->spread == RL_SPREAD_ZIPF && !(a > 0 && a <= 100 && a != 1))
		return bad(err, "job.random_distribution", "zipf:THETA above 0, up to 100, not 1");
	if (j->spread == RL_SPREAD_PARETO && !(a > 0 && a < 1))
		return bad(err, "job.random_distribution", "pareto:POWER above 0, below 1");
	if (j->spread == RL_SPREAD_NORMAL && !(a >= 0 && a <= 100))
		return bad(err, "job.random_distribution", "normal:DEVIATION, 0 to 100");
	return 0;
}

static int check_replay(const struct rl_job *j, struct rl_err *err)
{
	if (*j->read_iolog && !rl_replay_get(j->replay))
		return bad(err, "job.read_iolog", "a log that was read");
	if (!j->replay_time_scale || j->replay_time_scale > 1000000)
		return bad(err, "job.replay_time_scale", "1 to 1000000 percent");
	if (j->replay && j->thinktime_ns)
		return bad(err, "job.thinktime", "none beside read_iolog");
	if (j->replay && j->numjobs != 1)
		return bad(err, "job.numjobs", "1 beside read_iolog");
	return 0;
}

static int check_sync(const struct rl_job *j, struct rl_err *err)
{
	const char *name = j->fsync	  ? "job.fsync"
			   : j->fdatasync ? "job.fdatasync"
					  : "job.end_fsync";

	if (!rl_job_syncs(j))
		return 0;
	if (j->offload)
		return bad(err, name, "none beside io_submit_mode=offload");
	return j->replay ? bad(err, name, "none beside read_iolog") : 0;
}

int rl_job_check(const struct rl_job *j, struct rl_err *err)
{
	int rc = 0;

	if (!is_block(j->bs_bytes))
		return bad(err, "job.bs", "a multiple of 512, up to 4m");
	if (j->rwmixread > 100)
		return bad(err, "job.rwmixread", "0 to 100");
	if ((int)j->rw < RL_RW_READ || (int)j->rw > RL_RW_RANDRW)
		return bad(err, "job.rw", "read, write, randread, randwrite, rw or randrw");
	for (int d = 0; !rc && d < RL_DIRS; d++)
		rc = check_split(j, (enum rl_dir)d, err);
	rc = rc ? rc : check_depth(j, err);
	rc = rc ? rc : check_times(j, err);
	rc = rc ? rc : check_rate(j, err);
	rc = rc ? rc : check_place(j, err);
	rc = rc ? rc : check_sync(j, err);
	return rc ? rc : check_replay(j, err);
}

double rl_job_mean_bytes(const struct rl_job *j, enum rl_dir dir)
{
	double sum = 0;

	if (!j->nsplit[dir])
		return (double)j->bs_bytes;
	for (uint32_t i = 0; i < j->nsplit[dir]; i++)
		sum += (double)j->split[dir][i].bytes * j->split[dir][i].percent;
	return sum / 100;
}

bool rl_job_does(const struct rl_job *j, enum rl_dir dir)
{
	bool mixed = j->rw == RL_RW_RW || j->rw == RL_RW_RANDRW;
	bool writes = j->rw == RL_RW_WRITE || j->rw == RL_RW_RANDWRITE;

	return j->replay || mixed || writes == (dir == RL_DIR_WRITE);
}

bool rl_job_syncs(const struct rl_job *j)
{
	return (j->fsync || j->fdatasync || j->end_fsync) && rl_job_does(j, RL_DIR_WRITE);
}
