/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenalyze --dump-all: every change of a vCPU's state; see xenalyze.h. */
#include "data/format/fio_bins.h"
#include "data/format/xenalyze_private.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_MAX (1ull << 62)
#define VCPUS	 4096
/* How far the dump's times may be from Xen's own: records are stamped some microseconds apart. */
#define CLOCK_SLACK 0.2

enum state { RUNNING, RUNNABLE, BLOCKED, OFFLINE, STATES, WAKE = STATES, PREEMPT, PARTS };

static const char *const names[PARTS] = {
	"running", "runnable", "blocked", "offline", "wake", "preempt"};

/* Times are nanoseconds as the dump counts them, which need not be true ones. */
struct vcpu {
	uint16_t domid, vcpu;
	bool known; /* in a state since a time that was seen */
	enum state state;
	bool woken; /* runnable from blocked */
	uint64_t since;
	uint64_t n[PARTS], total[PARTS];
	struct rl_fio_hist *times[PARTS];
};

struct dump {
	const char *file;
	struct rl_lines l;
	struct vcpu *v;
	size_t n;
	double told_ns, counted; /* the same runs by Xen's clock and by the dump's */
};

static struct vcpu *find(struct dump *d, uint16_t domid, uint16_t vcpu)
{
	struct vcpu *more;

	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].domid == domid && d->v[i].vcpu == vcpu)
			return &d->v[i];
	if (d->n == VCPUS)
		return NULL;
	more = realloc(d->v, (d->n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	d->v = more;
	more += d->n++;
	memset(more, 0, sizeof(*more));
	more->domid = domid;
	more->vcpu = vcpu;
	return more;
}

/* The time at which a record was written: the first number of its line, with nine decimals. */
static bool line_time(const struct rl_lines *l, uint64_t *t)
{
	struct rl_scan s = {l->at, l->at + l->size};
	uint64_t seconds, ns;
	const char *point;

	while (s.at < s.end && !(*s.at >= '0' && *s.at <= '9'))
		s.at++;
	if (!rl_scan_count(&s, TIME_MAX / 1000000000, &seconds) || !rl_scan_word(&s, "."))
		return false;
	point = s.at;
	if (!rl_scan_count(&s, 999999999, &ns) || s.at - point != 9)
		return false;
	*t = seconds * 1000000000 + ns;
	return *t < TIME_MAX;
}

static int bad(const struct dump *d, const char *at, const char *expected, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, d->file, d->l.line, (int)(at - d->l.at) + 1,
		"malformed record of a dump (expected %s)", expected);
}

static int add_time(struct vcpu *v, int part, uint64_t time)
{
	struct rl_fio_hist *h = v->times[part] ?: calloc(1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	v->times[part] = h;
	h->n[rl_fio_bin_of(time)]++;
	h->total++;
	v->n[part]++;
	v->total[part] += time;
	return 0;
}

/* A state has ended. What was lost in between tells nothing of how long it lasted. */
static int leave(const struct dump *d, struct vcpu *v, enum state old, uint64_t t, const char *at,
	struct rl_err *err)
{
	int rc;

	if (!v->known || v->state != old)
		return 0;
	if (t < v->since)
		return bad(d, at, "times that do not go backwards", err);
	if (v->total[old] + (t - v->since) >= TIME_MAX)
		return bad(d, at, "less than 2^62 ns in all", err);
	rc = add_time(v, old, t - v->since);
	if (!rc && old == RUNNABLE)
		rc = add_time(v, v->woken ? WAKE : PREEMPT, t - v->since);
	return rc;
}

static bool scan_state(struct rl_scan *s, enum state *state)
{
	for (int i = 0; i < STATES; i++)
		if (rl_scan_word(s, names[i])) {
			*state = (enum state)i;
			return true;
		}
	return false;
}

/* runstate_change d1v0 blocked->runnable */
static int change(struct dump *d, struct rl_scan s, struct rl_err *err)
{
	uint16_t domid, vcpu;
	enum state old, new;
	struct vcpu *v;
	uint64_t t;
	int rc;

	if (!line_time(&d->l, &t))
		return bad(d, d->l.at, "its time in seconds, with nine decimals", err);
	if (!rl_scan_vcpu(&s, &domid, &vcpu) || !rl_scan_word(&s, " "))
		return bad(d, s.at, "a vCPU, as d1v0", err);
	if (!scan_state(&s, &old) || !rl_scan_word(&s, "->") || !scan_state(&s, &new))
		return bad(d, s.at, "states, as running->blocked", err);
	v = find(d, domid, vcpu);
	if (!v)
		return d->n == VCPUS ? bad(d, s.at, "at most 4096 vCPUs", err) : -ENOMEM;
	rc = leave(d, v, old, t, s.at, err);
	v->woken = old == BLOCKED;
	v->state = new;
	v->since = t;
	v->known = true;
	return rc;
}

/*
 * sched_switch prev d0v0, run for 4294.784us: true time, of a run whose begin was seen. Its
 * decimals are a count of nanoseconds that xenalyze does not fill up with zeros.
 */
static void compare_clocks(struct dump *d, struct rl_scan s)
{
	uint16_t domid, vcpu;
	const struct vcpu *v;
	uint64_t t, us, ns;

	if (!rl_scan_vcpu(&s, &domid, &vcpu) || !rl_scan_word(&s, ", run for ") ||
		!rl_scan_count(&s, TIME_MAX / 1000, &us) || !rl_scan_word(&s, ".") ||
		!rl_scan_count(&s, 999, &ns) || !line_time(&d->l, &t))
		return;
	v = find(d, domid, vcpu);
	if (!v || !v->known || v->state != RUNNING || t < v->since)
		return;
	d->told_ns += (double)us * 1000 + (double)ns;
	d->counted += (double)(t - v->since);
}

static bool find_word(const struct rl_lines *l, const char *word, struct rl_scan *s)
{
	const char *at = memmem(l->at, l->size, word, strlen(word));

	if (!at)
		return false;
	*s = (struct rl_scan){at + strlen(word), l->at + l->size};
	return true;
}

/* True nanoseconds in one of the dump: either it was told the clock, or it took 2.4 GHz. */
static int scale(const struct dump *d, double hz, double *out, struct rl_err *err)
{
	double seen = d->told_ns / d->counted;
	double taken = hz > 0 ? RL_XENALYZE_HZ / hz : 1;

	*out = 1;
	if (d->counted > 0 && fabs(seen - 1) <= CLOCK_SLACK && fabs(seen - 1) < fabs(seen - taken))
		return 0;
	*out = taken;
	if (d->counted > 0 && fabs(seen / taken - 1) <= CLOCK_SLACK)
		return 0;
	if (!(d->counted > 0) && hz > 0)
		return 0; /* a scheduler that does not say it: the manifest's word must do */
	return rl_err_set(err, -EINVAL, d->file, 0, 0,
		"its seconds are not those of Xen's clock, which counts %g in one (expected "
		"cpu_mhz "
		"among the manifest's facts, or xenalyze --cpu-hz)",
		seen);
}

static int put_states(const struct vcpu *v, double ns, struct rl_xenalyze *out)
{
	for (int i = 0; i < PARTS; i++) {
		struct rl_vcpu_state *r;

		if (!v->n[i])
			continue;
		r = rl_xenalyze_add(out);
		if (!r)
			return -ENOMEM;
		r->domid = v->domid;
		r->vcpu = v->vcpu;
		strcpy(r->state, names[i]);
		r->n = v->n[i];
		r->total_ns = (double)v->total[i] * ns;
		r->p5_ns = (double)rl_fio_hist_percentile(v->times[i], 5) * ns;
		r->p50_ns = (double)rl_fio_hist_percentile(v->times[i], 50) * ns;
		r->p95_ns = (double)rl_fio_hist_percentile(v->times[i], 95) * ns;
	}
	return 0;
}

/* The waits of one vCPU, in bins of true time. */
static int put_waits(const struct vcpu *v, double ns, struct rl_xenalyze *out)
{
	struct rl_fio_hist *h = calloc(1, sizeof(*h));
	struct rl_vcpu_wait *more = NULL;

	for (unsigned int b = 0; h && v->times[WAKE] && b < RL_FIO_BINS; b++)
		h->n[rl_fio_bin_of((uint64_t)((double)rl_fio_bin_value(b) * ns))] +=
			v->times[WAKE]->n[b];
	for (unsigned int b = 0; h && b < RL_FIO_BINS; b++) {
		if (!h->n[b])
			continue;
		more = realloc(out->wait, (out->nwait + 1) * sizeof(*more));
		if (!more)
			break;
		out->wait = more;
		out->wait[out->nwait++] = (struct rl_vcpu_wait){.domid = v->domid,
			.vcpu = v->vcpu,
			.value_ns = rl_fio_bin_value(b),
			.n = h->n[b]};
	}
	free(h);
	return h && (more || !v->times[WAKE]) ? 0 : -ENOMEM;
}

static int put(struct dump *d, double hz, struct rl_xenalyze *out, struct rl_err *err)
{
	double ns;
	int rc = scale(d, hz, &ns, err);

	for (size_t i = 0; !rc && i < d->n; i++) {
		rc = put_states(&d->v[i], ns, out);
		rc = rc ? rc : put_waits(&d->v[i], ns, out);
	}
	if (!rc && !out->nstate)
		rc = rl_err_set(err, -EINVAL, d->file, d->l.line, 0,
			"no vCPU's state begins and ends (expected a longer trace)");
	return rc;
}

int rl_xenalyze_dump(const char *text, size_t size, const char *file, double hz,
	struct rl_xenalyze *out, struct rl_err *err)
{
	struct dump d = {.file = file};
	struct rl_scan s;
	int rc = 0;

	rl_lines_init(&d.l, text, size);
	while (!rc && rl_lines_next(&d.l)) {
		if (find_word(&d.l, " runstate_change ", &s))
			rc = change(&d, s, err);
		else if (find_word(&d.l, " sched_switch prev ", &s))
			compare_clocks(&d, s);
	}
	rc = rc ? rc : put(&d, hz, out, err);
	for (size_t i = 0; i < d.n; i++)
		for (int p = 0; p < PARTS; p++)
			free(d.v[i].times[p]);
	free(d.v);
	return rc;
}
