/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every field of a job, numbers in the units of their names. */
#include "data/format/job_json.h"

#include "data/format/fio_job.h"
#include "data/sha256.h"
#include "model/replay.h"

static void count(json_t *to, const char *name, uint64_t n)
{
	json_object_set_new(to, name, json_integer((json_int_t)n));
}

static void flag(json_t *to, const char *name, bool on)
{
	json_object_set_new(to, name, json_boolean(on));
}

static void basics(json_t *to, const struct rl_job *j)
{
	json_object_set_new(to, "name", json_string(j->name));
	json_object_set_new(to, "rw", json_string(rl_fio_rw_name(j->rw)));
	count(to, "rwmixread", j->rwmixread);
	count(to, "bs_bytes", j->bs_bytes);
	count(to, "iodepth", j->iodepth);
	count(to, "numjobs", j->numjobs);
	count(to, "size_bytes", j->size_bytes);
	count(to, "io_size_bytes", j->io_size_bytes);
	count(to, "runtime_ns", j->runtime_ns);
	count(to, "ramp_ns", j->ramp_ns);
	flag(to, "time_based", j->time_based);
	count(to, "thinktime_ns", j->thinktime_ns);
	count(to, "randseed", j->seed);
}

static json_t *splits(const struct rl_job *j, int dir)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < j->nsplit[dir]; i++)
		json_array_append_new(
			list, json_pack("{s:I, s:I}", "bytes", (json_int_t)j->split[dir][i].bytes,
				      "percent", (json_int_t)j->split[dir][i].percent));
	return list;
}

/* What a direction has of its own. */
static json_t *direction(const struct rl_job *j, int dir)
{
	json_t *to = json_object();

	json_object_set_new(to, "bssplit", splits(j, dir));
	count(to, "rate_bytes_per_s", j->rate_bytes_per_s[dir]);
	count(to, "rate_iops", j->rate_iops[dir]);
	return to;
}

static void pace(json_t *to, const struct rl_job *j)
{
	count(to, "iodepth_batch", j->batch);
	count(to, "iodepth_batch_complete_min", j->complete_min);
	count(to, "iodepth_batch_complete_max", j->complete_max);
	json_object_set_new(to, "io_submit_mode", json_string(j->offload ? "offload" : "inline"));
	json_object_set_new(to, "rate_process", json_string(j->poisson ? "poisson" : "linear"));
	count(to, "thinktime_spin_ns", j->thinktime_spin_ns);
	count(to, "thinktime_iotime_ns", j->thinktime_iotime_ns);
	count(to, "thinktime_blocks", j->thinktime_blocks);
	json_object_set_new(to, "thinktime_blocks_type",
		json_string(j->thinktime_issue ? "issue" : "complete"));
	count(to, "startdelay_ns", j->startdelay_ns);
	flag(to, "stonewall", j->stonewall);
	count(to, "fsync", j->fsync);
	count(to, "fdatasync", j->fdatasync);
	flag(to, "end_fsync", j->end_fsync);
}

static void place(json_t *to, const struct rl_job *j)
{
	static const char *const spreads[] = {"random", "zipf", "pareto", "normal"};

	count(to, "offset_bytes", j->offset_bytes);
	count(to, "offset_increment_bytes", j->offset_increment_bytes);
	json_object_set_new(to, "random_distribution", json_string(spreads[j->spread]));
	json_object_set_new(to, "random_distribution_arg", json_real(j->spread_arg));
}

static void add_number(struct rl_sha256 *s, uint64_t n)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(n >> 8 * i);
	rl_sha256_add(s, bytes, sizeof(bytes));
}

/* Of what is replayed, not of how the file says it: the numbers of each I/O, the least byte first.
 */
static json_t *sha256_of(const struct rl_replay *log)
{
	struct rl_sha256 s;
	char hex[RL_SHA256_HEX];

	rl_sha256_init(&s);
	for (size_t i = 0; i < log->n; i++) {
		add_number(&s, log->io[i].at_ns);
		add_number(&s, log->io[i].offset_bytes);
		add_number(&s, log->io[i].bytes);
		add_number(&s, log->io[i].write);
	}
	rl_sha256_hex(&s, hex);
	return json_string(hex);
}

static void replay(json_t *to, const struct rl_job *j)
{
	const struct rl_replay *log = rl_replay_get(j->replay);

	if (!log)
		return;
	json_object_set_new(to, "read_iolog", json_string(j->read_iolog));
	count(to, "read_iolog_ios", log->n);
	json_object_set_new(to, "read_iolog_sha256", sha256_of(log));
	flag(to, "replay_no_stall", j->replay_no_stall);
	count(to, "replay_time_scale", j->replay_time_scale);
}

json_t *rl_job_json(const struct rl_job *j)
{
	json_t *to = json_object();

	basics(to, j);
	json_object_set_new(to, "read", direction(j, RL_DIR_READ));
	json_object_set_new(to, "write", direction(j, RL_DIR_WRITE));
	pace(to, j);
	place(to, j);
	replay(to, j);
	return to;
}
