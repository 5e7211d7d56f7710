/* SPDX-License-Identifier: MIT */
/* Trace buffers and their files; see trace.h. */
#include "hosted/trace.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* The kernel trusts the counter on all CPUs alike: it has tested what we cannot. */
static rl_bool counter_is_shared(void)
{
#if defined(__x86_64__)
	char name[16] = "";
	FILE *f = fopen(CLOCKSOURCE, "re");

	if (f) {
		if (!fgets(name, sizeof(name), f))
			name[0] = '\0';
		fclose(f);
	}
	return strcmp(name, "tsc\n") == 0;
#else
	return 0;
#endif
}

/* One moment by both clocks: of some tries the one that took the shortest. */
static void both_clocks(const struct rl_htrace *t, rl_u64 *ticks, rl_u64 *ns)
{
	rl_u64 best = RL_NEVER;

	for (int i = 0; i < 8; i++) {
		rl_u64 before = rl_htrace_time(t), now = rl_hclock_monotonic_ns();
		rl_u64 took = rl_htrace_time(t) - before;

		if (took < best) {
			best = took;
			*ticks = before + took / 2;
			*ns = now;
		}
	}
}

int rl_htrace_init(struct rl_htrace *t, rl_u32 records, enum rl_trace_side side, rl_u32 queue)
{
	struct rl_trace_record *memory;

	*t = (struct rl_htrace){0};
	if (!records)
		return 0;
	if (records > RL_TRACE_MAX_RECORDS)
		return -EINVAL;
	records = rl_trace_records(records);
	memory = malloc(records * sizeof(*memory));
	if (!memory)
		return -ENOMEM;
	memset(memory, 0, records * sizeof(*memory)); /* no page fault on the way of I/O */
	rl_trace_init(&t->buf, memory, records, side, (rl_u16)queue);
	t->tsc = counter_is_shared();
	both_clocks(t, &t->start_ticks, &t->start_ns);
	return 0;
}

void rl_htrace_fini(struct rl_htrace *t)
{
	free(t->buf.record);
	*t = (struct rl_htrace){0};
}

/* The counter's rate over the life of the buffer: the longer, the better known. */
static rl_u64 rate(const struct rl_htrace *t)
{
	rl_u64 ticks, ns;

	do
		both_clocks(t, &ticks, &ns);
	while (ns - t->start_ns < 1000000);
	return (rl_u64)((unsigned __int128)(ticks - t->start_ticks) * 1000000000u /
			(ns - t->start_ns));
}

rl_u64 rl_htrace_ring(int fd, rl_u32 queue)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (rl_u64)st.st_ino << 16 | queue;
}

static rl_bool write_file(const struct rl_htrace *t, rl_u64 ring, FILE *f)
{
	const struct rl_trace *b = &t->buf;
	struct rl_trace_header h = {.magic = RL_TRACE_MAGIC,
		.version = RL_TRACE_VERSION,
		.record_bytes = sizeof(*b->record),
		.side = b->side,
		.queue = b->queue,
		.ring = ring,
		.clock_hz = t->tsc ? rate(t) : 1000000000u,
		.written = b->head,
		.lost = rl_trace_lost(b, b->head)};
	rl_u32 from = (rl_u32)(h.lost & b->mask), kept = (rl_u32)(h.written - h.lost);
	rl_u32 first = h.lost ? b->mask + 1 - from : kept;

	strcpy(h.clock, t->tsc ? "tsc" : "monotonic");
	return fwrite(&h, sizeof(h), 1, f) == 1 &&
	       fwrite(b->record + from, sizeof(*b->record), first, f) == first &&
	       fwrite(b->record, sizeof(*b->record), kept - first, f) == kept - first;
}

int rl_htrace_write(const struct rl_htrace *t, rl_u64 ring, const char *path)
{
	char partial[PATH_MAX];
	rl_bool whole;
	FILE *f;

	if (snprintf(partial, sizeof(partial), "%s.partial", path) >= (int)sizeof(partial))
		return -ENAMETOOLONG;
	f = fopen(partial, "we");
	if (!f)
		return -errno;
	errno = EIO;
	whole = write_file(t, ring, f);
	if (fclose(f) || !whole || rename(partial, path))
		return -errno;
	return 0;
}
