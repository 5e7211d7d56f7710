/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reader of trace files. */
#include "data/format/trace.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADER	  sizeof(struct rl_trace_header)
#define RECORD	  sizeof(struct rl_trace_record)
#define BATCH_MAX 512u /* messages in one publication: slots of the largest ring */

/* Which side stamps a stage. */
enum { FRONT = 1 << RL_TRACE_FRONT, BACK = 1 << RL_TRACE_BACK };
static const unsigned int stamped_by[RL_TRACE_STAGES] = {
	[RL_TRACE_SUBMIT] = FRONT,
	[RL_TRACE_PUBLISH] = FRONT,
	[RL_TRACE_NOTIFY] = FRONT | BACK,
	[RL_TRACE_WAKE] = FRONT | BACK,
	[RL_TRACE_DEQUEUE] = BACK,
	[RL_TRACE_DEVICE] = BACK,
	[RL_TRACE_RESPOND] = BACK,
	[RL_TRACE_COMPLETE] = FRONT,
};

static int bad(const char *file, struct rl_err *err, size_t at, const char *what,
	unsigned long long have, const char *expected)
{
	return rl_err_set(err, -EINVAL, file, 0, 0, "byte %zu: %s %llu (expected %s)", at, what,
		have, expected);
}

#define AT(field) offsetof(struct rl_trace_header, field)

static int check_header(
	const struct rl_trace_header *h, size_t size, const char *file, struct rl_err *err)
{
	size_t records = (size - HEADER) / RECORD;

	if (memcmp(h->magic, RL_TRACE_MAGIC, sizeof(h->magic)) != 0)
		return rl_err_set(
			err, -EINVAL, file, 0, 0, "byte 0: no trace (expected \"rltrace\")");
	if (h->version != RL_TRACE_VERSION)
		return bad(file, err, AT(version), "version", h->version, "1");
	if (h->record_bytes != RECORD)
		return bad(file, err, AT(record_bytes), "bytes of a record", h->record_bytes, "24");
	if (h->side > RL_TRACE_BACK)
		return bad(file, err, AT(side), "side", h->side, "0, front, or 1, back");
	if (h->queue > UINT16_MAX)
		return bad(file, err, AT(queue), "queue", h->queue, "0 to 65535");
	if (h->clock_hz < 1000000 || h->clock_hz > 100000000000u)
		return bad(file, err, AT(clock_hz), "counts a second", h->clock_hz, "1e6 to 1e11");
	if (h->lost > h->written)
		return bad(file, err, AT(lost), "records lost", h->lost, "at most those written");
	if (h->written - h->lost != records || (size - HEADER) % RECORD)
		return bad(file, err, AT(written), "records left",
			(unsigned long long)(h->written - h->lost), "as many as follow");
	if (!*h->clock || memchr(h->clock, '\0', sizeof(h->clock)) == NULL)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"byte %zu: no name of a clock (expected 1 to 15 characters and zeros)",
			AT(clock));
	return 0;
}

static int check_record(const struct rl_trace_header *h, const struct rl_trace_record *r, size_t at,
	const char *file, struct rl_err *err)
{
	if (r->stage == RL_TRACE_NONE || r->stage >= RL_TRACE_STAGES)
		return bad(file, err, at + offsetof(struct rl_trace_record, stage), "stage",
			r->stage, "1 to 8");
	if (r->side != h->side || !(stamped_by[r->stage] & 1u << r->side))
		return bad(file, err, at + offsetof(struct rl_trace_record, side),
			"side of the record", r->side, "the file's, and one that has this stage");
	if (r->queue != h->queue)
		return bad(file, err, at + offsetof(struct rl_trace_record, queue),
			"queue of the record", r->queue, "the file's");
	if ((r->stage == RL_TRACE_PUBLISH || r->stage == RL_TRACE_RESPOND) && r->count > BATCH_MAX)
		return bad(file, err, at + offsetof(struct rl_trace_record, count),
			"messages published", r->count, "0 to 512");
	return 0;
}

/* By time; `count` tells nothing, so the place in the file decides between equals. */
static int by_time(const void *a, const void *b)
{
	const struct rl_trace_record *const *x = a, *const *y = b;

	if ((*x)->time != (*y)->time)
		return (*x)->time < (*y)->time ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

static int is_sorted(const struct rl_trace_file *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->record[i - 1].time > t->record[i].time)
			return 0;
	return 1;
}

/* Several writers take places in one order and read the clock in another. */
static int sort(struct rl_trace_file *t)
{
	const struct rl_trace_record **order;
	struct rl_trace_record *sorted;

	if (is_sorted(t))
		return 0;
	order = malloc(t->n * sizeof(*order));
	sorted = malloc(t->n * sizeof(*sorted));
	if (order && sorted) {
		for (size_t i = 0; i < t->n; i++)
			order[i] = &t->record[i];
		qsort(order, t->n, sizeof(*order), by_time);
		for (size_t i = 0; i < t->n; i++)
			sorted[i] = *order[i];
		memcpy(t->record, sorted, t->n * sizeof(*sorted));
	}
	free(order);
	free(sorted);
	return order && sorted ? 0 : -ENOMEM;
}

static int read_records(
	const char *bytes, const char *file, struct rl_trace_file *t, struct rl_err *err)
{
	for (size_t i = 0; i < t->n; i++) {
		int rc;

		memcpy(&t->record[i], bytes + HEADER + i * RECORD, RECORD);
		rc = check_record(&t->h, &t->record[i], HEADER + i * RECORD, file, err);
		if (rc)
			return rc;
		t->record[i].time += t->h.clock_offset;
	}
	return sort(t);
}

int rl_trace_parse(const char *bytes, size_t size, const char *file, struct rl_trace_file *out,
	struct rl_err *err)
{
	int rc;

	*out = (struct rl_trace_file){.record = NULL};
	if (size < HEADER)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"byte %zu: the file ends (expected a header of %zu bytes)", size, HEADER);
	memcpy(&out->h, bytes, HEADER);
	rc = check_header(&out->h, size, file, err);
	if (rc)
		return rc;
	out->n = (size - HEADER) / RECORD;
	out->record = malloc((out->n + 1) * RECORD);
	rc = out->record ? read_records(bytes, file, out, err) : -ENOMEM;
	if (rc)
		rl_trace_free(out);
	return rc;
}

void rl_trace_free(struct rl_trace_file *t)
{
	free(t->record);
	t->record = NULL;
	t->n = 0;
}

size_t rl_trace_count(const struct rl_trace_file *t, enum rl_trace_stage stage)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->record[i].stage == stage;
	return n;
}
