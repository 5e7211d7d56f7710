/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The traces of both sides, joined request by request. Distributions are in stages_rows.c. */
#include "data/stages_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW RL_STAGES_WINDOW
#define TAGS   4096u /* ids that are told apart; those of our drivers are below 512 */

/* What a walk over one side remembers. */
struct walk {
	struct rl_stages *s;
	rl_u64 wake;	      /* the newest; RL_NEVER: none */
	rl_u32 from, to;      /* the newest publication: [from, to) */
	rl_u32 id[TAGS];      /* by id modulo TAGS ... */
	rl_u32 request[TAGS]; /* ... the newest request; RL_STAGES_NONE: none */
};

static void walk_init(struct walk *w, struct rl_stages *s)
{
	w->s = s;
	w->wake = RL_NEVER;
	w->from = w->to = 0;
	for (rl_u32 i = 0; i < TAGS; i++)
		w->request[i] = RL_STAGES_NONE;
}

static int grow(struct rl_stages *s, size_t n)
{
	size_t capacity = s->capacity ? s->capacity : 4096;
	struct rl_stages_request *more;

	while (capacity < n)
		capacity *= 2;
	if (capacity > s->capacity) {
		more = realloc(s->r, capacity * sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->r = more;
		s->capacity = capacity;
	}
	for (; s->n < n; s->n++)
		for (int p = 0; p < RL_STAGES_POINTS; p++)
			s->r[s->n].at[p] = RL_NEVER;
	return 0;
}

/*
 * The requests of the last connection: indices count on from one to the next, a little out of
 * order where several CPUs submit. One that was there already, or is far away, begins a new ring.
 */
static int find_requests(struct rl_stages *s, const struct rl_trace_file *t,
	enum rl_trace_stage stage, enum rl_stages_point point)
{
	size_t have = 0; /* bounds what gaps a hostile file can ask memory for */

	for (size_t i = 0; i < t->n; i++) {
		const struct rl_trace_record *r = &t->record[i];
		rl_u32 at = r->index - s->base;
		int rc;

		if (r->stage != stage)
			continue;
		if (have == 0 || at >= have + WINDOW ||
			(at < s->n && s->r[at].at[point] != RL_NEVER)) {
			s->n = have = 0;
			s->base = r->index;
			s->since = r->time;
			at = 0;
		}
		rc = grow(s, (size_t)at + 1 > s->n ? (size_t)at + 1 : s->n);
		if (rc)
			return rc;
		s->r[at].at[point] = r->time;
		have++;
	}
	return 0;
}

static struct rl_stages_request *by_index(struct rl_stages *s, rl_u32 index)
{
	rl_u32 at = index - s->base;

	return at < s->n ? &s->r[at] : NULL;
}

static struct rl_stages_request *by_response(struct rl_stages *s, rl_u32 index)
{
	rl_u32 at = index - s->base + WINDOW;

	if (at >= s->n + WINDOW || s->by_response[at] == RL_STAGES_NONE)
		return NULL;
	return &s->r[s->by_response[at]];
}

static void set_tag(struct walk *w, rl_u32 id, rl_u32 index)
{
	if (index - w->s->base < w->s->n) {
		w->id[id % TAGS] = id;
		w->request[id % TAGS] = index - w->s->base;
	}
}

static struct rl_stages_request *by_tag(const struct walk *w, rl_u32 id)
{
	rl_u32 at = w->request[id % TAGS];

	return at == RL_STAGES_NONE || w->id[id % TAGS] != id ? NULL : &w->s->r[at];
}

typedef struct rl_stages_request *find_fn(struct rl_stages *s, rl_u32 index);

/* One time for all messages of the newest publication. */
static void set_range(struct walk *w, find_fn *find, enum rl_stages_point point,
	const struct rl_trace_record *rec)
{
	for (rl_u32 i = w->from; i != w->to; i++) {
		struct rl_stages_request *r = find(w->s, i);

		if (r && r->at[point] == RL_NEVER)
			r->at[point] = rec->time;
	}
}

static void set_published(struct walk *w, find_fn *find, enum rl_stages_point point,
	const struct rl_trace_record *rec)
{
	w->from = rec->index - rec->count;
	w->to = rec->index;
	set_range(w, find, point, rec);
}

static void complete(struct walk *w, const struct rl_trace_record *rec)
{
	struct rl_stages_request *r = by_tag(w, rec->id);
	rl_u32 at = rec->index - w->s->base + WINDOW;

	if (!r || r->at[RL_AT_COMPLETE] != RL_NEVER)
		return;
	r->at[RL_AT_COMPLETE] = rec->time;
	r->at[RL_AT_FRONT_WAKE] = w->wake;
	if (at < w->s->n + WINDOW)
		w->s->by_response[at] = (rl_u32)(r - w->s->r);
}

static void walk_front(struct walk *w, const struct rl_trace_record *rec)
{
	switch (rec->stage) {
	case RL_TRACE_SUBMIT:
		set_tag(w, rec->id, rec->index);
		break;
	case RL_TRACE_PUBLISH:
		set_published(w, by_index, RL_AT_PUBLISH, rec);
		break;
	case RL_TRACE_NOTIFY:
		set_range(w, by_index, RL_AT_NOTIFY, rec);
		break;
	case RL_TRACE_WAKE:
		w->wake = rec->time;
		break;
	default:
		complete(w, rec);
	}
}

static void dequeue(struct walk *w, const struct rl_trace_record *rec)
{
	struct rl_stages_request *r = by_index(w->s, rec->index);

	if (!r)
		return;
	r->at[RL_AT_DEQUEUE] = rec->time;
	r->at[RL_AT_BACK_WAKE] = w->wake;
	set_tag(w, rec->id, rec->index);
}

static void walk_back(struct walk *w, const struct rl_trace_record *rec)
{
	struct rl_stages_request *r;

	switch (rec->stage) {
	case RL_TRACE_DEQUEUE:
		dequeue(w, rec);
		break;
	case RL_TRACE_DEVICE:
		r = by_tag(w, rec->id);
		if (r && r->at[RL_AT_DEVICE] == RL_NEVER)
			r->at[RL_AT_DEVICE] = rec->time;
		break;
	case RL_TRACE_RESPOND:
		set_published(w, by_response, RL_AT_RESPOND, rec);
		break;
	case RL_TRACE_NOTIFY:
		set_range(w, by_response, RL_AT_RSP_NOTIFY, rec);
		break;
	default:
		w->wake = rec->time;
	}
}

static int walk(struct rl_stages *s, const struct rl_trace_file *t,
	void (*step)(struct walk *w, const struct rl_trace_record *rec))
{
	struct walk *w = t ? malloc(sizeof(*w)) : NULL;

	if (!t)
		return 0;
	if (!w)
		return -ENOMEM;
	walk_init(w, s);
	for (size_t i = 0; i < t->n; i++)
		if (t->record[i].time >= s->since)
			step(w, &t->record[i]);
	free(w);
	return 0;
}

int rl_stages_fill(
	struct rl_stages *s, const struct rl_trace_file *front, const struct rl_trace_file *back)
{
	int rc;

	*s = (struct rl_stages){.hz = (double)(front ? front : back)->h.clock_hz};
	if (front)
		rc = find_requests(s, front, RL_TRACE_SUBMIT, RL_AT_SUBMIT);
	else
		rc = find_requests(s, back, RL_TRACE_DEQUEUE, RL_AT_DEQUEUE);
	if (rc)
		return rc;
	s->by_response = malloc((s->n + WINDOW) * sizeof(*s->by_response));
	if (!s->by_response)
		return -ENOMEM;
	memset(s->by_response, 0xff, (s->n + WINDOW) * sizeof(*s->by_response));
	rc = walk(s, front, walk_front);
	return rc ? rc : walk(s, back, walk_back);
}

void rl_stages_fini(struct rl_stages *s)
{
	free(s->r);
	free(s->by_response);
}
