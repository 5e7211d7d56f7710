/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a clone issues next, and when: mix, sizes, places, rates, replay. */
#include "sim/workload/private.h"

static bool is_mixed(const struct rl_job *j)
{
	return j->rw == RL_RW_RW || j->rw == RL_RW_RANDRW;
}

static bool is_random(const struct rl_job *j)
{
	return j->rw == RL_RW_RANDREAD || j->rw == RL_RW_RANDWRITE || j->rw == RL_RW_RANDRW;
}

static int draw_dir(struct rl_fio *f)
{
	const struct rl_job *j = f->job;

	if (f->replay)
		return f->replay->io[f->replayed].write;
	if (is_mixed(j))
		return rl_rng_unit(&f->mix_rng) * 100 >= j->rwmixread;
	return j->rw == RL_RW_WRITE || j->rw == RL_RW_RANDWRITE;
}

static rl_ps replay_due(const struct rl_fio *f)
{
	const struct rl_job *j = f->job;
	unsigned __int128 ps = f->replay->io[f->replayed].at_ns;

	if (j->replay_no_stall)
		return 0;
	return f->epoch + (rl_ps)(ps * RL_PS_PER_NS * j->replay_time_scale / 100);
}

/*
 * A mixed job has a rate a direction: who is ahead of its own gives way to one that is
 * behind, else the one that is due first is waited for.
 */
rl_ps rl_fio_next_due(struct rl_fio *f)
{
	const struct rl_job *j = f->job;

	if (!f->has_dir)
		f->dir = draw_dir(f);
	f->has_dir = true;
	if (f->replay)
		return replay_due(f);
	if (f->due[f->dir] > f->w->now && is_mixed(j) && j->rwmixread > 0 && j->rwmixread < 100 &&
		f->due[!f->dir] < f->due[f->dir])
		f->dir = !f->dir;
	return f->due[f->dir];
}

/*
 * Gaps between I/Os for rate_iops, between bytes for rate. Where sizes vary, fio 3.33 takes the
 * smallest for the mean and misses its rate; and it computes in whole microseconds.
 */
static rl_ps linear_due(const struct rl_fio *f, int dir)
{
	const struct rl_job *j = f->job;
	bool ios = j->rate_iops[dir] != 0;
	unsigned __int128 num = ios ? f->ios_issued[dir] : f->bytes_issued[dir];

	/* Counted from the begin: nothing is lost in roundings. */
	return f->epoch +
	       (rl_ps)(num * RL_PS_PER_S / (ios ? j->rate_iops[dir] : j->rate_bytes_per_s[dir]));
}

static double mean_gap_ps(const struct rl_fio *f, int dir)
{
	const struct rl_job *j = f->job;
	double ios = (double)j->rate_iops[dir];

	if (!j->rate_iops[dir])
		ios = (double)j->rate_bytes_per_s[dir] / rl_job_mean_bytes(j, (enum rl_dir)dir);
	return (double)RL_PS_PER_S / ios;
}

/* It is issued: when is the next one of its direction due? */
static void count(struct rl_fio *f, const struct rl_io *io)
{
	const struct rl_job *j = f->job;
	int dir = io->write;

	f->bytes_issued[dir] += io->bytes;
	f->ios_issued[dir]++;
	f->replayed += f->replay != NULL;
	if (f->replay || (!j->rate_iops[dir] && !j->rate_bytes_per_s[dir]))
		return;
	if (j->poisson)
		f->due[dir] += (rl_ps)(rl_rng_exp(&f->gap_rng) * mean_gap_ps(f, dir));
	else
		f->due[dir] = linear_due(f, dir);
}

static uint32_t size_of(struct rl_fio *f, int dir)
{
	const struct rl_job_split *s = f->job->split[dir];
	uint32_t n = f->job->nsplit[dir], i = 0;
	double x;

	if (!n)
		return (uint32_t)f->job->bs_bytes;
	x = rl_rng_unit(&f->size_rng) * 100;
	while (i + 1 < n && x >= s[i].percent)
		x -= s[i++].percent;
	return s[i].bytes;
}

static uint64_t block_of(const struct rl_job *j, int dir)
{
	return j->nsplit[dir] ? j->split[dir][0].bytes : j->bs_bytes;
}

void rl_fio_place_init(struct rl_fio *f)
{
	for (int d = 0; d < RL_DIRS; d++) {
		uint64_t blocks = f->range / block_of(f->job, d);

		rl_spread_init(&f->spread[d], f->job, blocks ? blocks : 1);
	}
}

/* A random place is a multiple of the smallest block at which the I/O fits. */
static uint64_t random_place(struct rl_fio *f, int dir, uint32_t bytes)
{
	uint64_t block = block_of(f->job, dir), last = (f->range - bytes) / block;
	uint64_t at;

	if (f->job->spread == RL_SPREAD_RANDOM)
		return (uint64_t)(rl_rng_unit(&f->place_rng) * (double)(last + 1)) * block;
	at = rl_spread_block(&f->spread[dir], &f->place_rng);
	return (at < last ? at : last) * block;
}

static uint64_t place_of(struct rl_fio *f, int dir, uint32_t bytes)
{
	uint64_t at;

	if (f->range < bytes)
		return f->begin;
	if (is_random(f->job))
		return f->begin + random_place(f, dir, bytes);
	at = f->pos[dir] + bytes > f->range ? 0 : f->pos[dir];
	f->pos[dir] = at + bytes;
	return f->begin + at;
}

static void fill(struct rl_fio *f, int dir, struct rl_io *io)
{
	uint64_t offset;

	io->start = f->w->now;
	io->asked = 0;
	io->write = dir == RL_DIR_WRITE;
	if (f->replay) {
		const struct rl_replay_io *log = &f->replay->io[f->replayed];

		io->bytes = log->bytes;
		offset = log->offset_bytes;
	} else {
		io->bytes = size_of(f, dir);
		offset = place_of(f, dir, io->bytes);
	}
	io->left = io->bytes;
	io->parts = (io->bytes + f->part_bytes - 1) / f->part_bytes;
	io->sector = offset / RL_SECTOR_BYTES;
}

void rl_fio_take(struct rl_fio *f)
{
	uint32_t at = rl_io_pop(f, &f->free);

	fill(f, f->dir, &f->io[at]);
	f->has_dir = false;
	rl_tally_begin(&f->w->tally, f->w->now);
	count(f, &f->io[at]);
	rl_io_push(f, &f->queued, at);
}

bool rl_fio_ended(const struct rl_fio *f)
{
	if (f->replay)
		return f->replayed == f->replay->n || f->w->now >= f->end;
	return f->w->now >= f->end || f->bytes_issued[0] + f->bytes_issued[1] >= f->total_bytes;
}
