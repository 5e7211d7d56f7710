/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenalyze --summary; see xenalyze.h. */
#include "data/format/xenalyze_private.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_DOMAIN   32767 /* Xen's own; 32768 is what xenalyze takes for a domain not yet known */
#define UNKNOWN	      32768
#define CYCLES_MAX    (1ull << 62)
#define CREATED_VCPUS 4096

void rl_scan_space(struct rl_scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
}

bool rl_scan_word(struct rl_scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
		return false;
	s->at += n;
	return true;
}

bool rl_scan_count(struct rl_scan *s, uint64_t max, uint64_t *n)
{
	const char *first = s->at;

	for (*n = 0; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
		if (*n > max / 10)
			return false;
		*n = *n * 10 + (uint64_t)(*s->at - '0');
	}
	return s->at > first && *n <= max;
}

bool rl_scan_vcpu(struct rl_scan *s, uint16_t *domid, uint16_t *vcpu)
{
	uint64_t d, v;

	if (!rl_scan_word(s, "d") || !rl_scan_count(s, UINT16_MAX, &d) || !rl_scan_word(s, "v") ||
		!rl_scan_count(s, UINT16_MAX, &v))
		return false;
	*domid = (uint16_t)d;
	*vcpu = (uint16_t)v;
	return true;
}

struct rl_vcpu_state *rl_xenalyze_add(struct rl_xenalyze *x)
{
	struct rl_vcpu_state *more = realloc(x->state, (x->nstate + 1) * sizeof(*more));

	if (!more)
		return NULL;
	x->state = more;
	more += x->nstate++;
	memset(more, 0, sizeof(*more));
	more->p5_ns = more->p50_ns = more->p95_ns = NAN;
	return more;
}

/* Where in the summary a line stands. */
struct place {
	const char *file;
	const struct rl_lines *l;
	bool in_domain, in_vcpu, in_states;
	uint64_t domid, vcpu;
	double clock_hz; /* that xenalyze says it took; 0 before */
	double hz;
	uint32_t created[CREATED_VCPUS]; /* domid << 16 | vcpu */
	size_t ncreated;
};

static int bad(
	const struct place *p, const struct rl_scan *s, const char *expected, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, p->file, p->l->line, (int)(s->at - p->l->at) + 1,
		"malformed line of a summary (expected %s)", expected);
}

/* {p5|p50|p95}, in cycles: weighted by time, so of no use beside percentiles of counts. */
static int percentiles(const struct place *p, struct rl_scan *s, struct rl_err *err)
{
	uint64_t cycles;

	for (int i = 0; i < 3; i++) {
		if (!rl_scan_word(s, i ? "|" : "{"))
			return bad(p, s, "three percentiles, {a|b|c}", err);
		rl_scan_space(s);
		if (!rl_scan_count(s, CYCLES_MAX, &cycles))
			return bad(p, s, "a count of cycles", err);
	}
	rl_scan_space(s);
	return rl_scan_word(s, "}") ? 0 : bad(p, s, "a closing brace", err);
}

/* `310  0.04s 279338 {118290|461688|9086362}`, behind the name and the colon */
static int read_state(const struct place *p, struct rl_scan *s, const char *name, size_t length,
	struct rl_xenalyze *out, struct rl_err *err)
{
	struct rl_vcpu_state *r;
	uint64_t n, whole, cents, mean;

	rl_scan_space(s);
	if (!rl_scan_count(s, CYCLES_MAX, &n))
		return bad(p, s, "a number of times", err);
	rl_scan_space(s);
	if (!rl_scan_count(s, CYCLES_MAX, &whole) || !rl_scan_word(s, ".") ||
		!rl_scan_count(s, 99, &cents) || !rl_scan_word(s, "s"))
		return bad(p, s, "seconds with two decimals", err);
	rl_scan_space(s);
	if (!rl_scan_count(s, CYCLES_MAX, &mean))
		return bad(p, s, "a mean in cycles", err);
	if (!n)
		return 0;
	r = rl_xenalyze_add(out);
	if (!r)
		return -ENOMEM;
	r->domid = (uint16_t)p->domid;
	r->vcpu = (uint16_t)p->vcpu;
	snprintf(r->state, sizeof(r->state), "%.*s", (int)length, name);
	r->n = n;
	r->total_ns = (double)n * (double)mean / p->hz * 1e9;
	rl_scan_space(s);
	return percentiles(p, s, err);
}

/* A line of the states of a vCPU: its name in letters, then a colon; false: another line. */
static bool state_name(struct rl_scan *s, const char **name, size_t *length)
{
	rl_scan_space(s);
	*name = s->at;
	while (s->at < s->end && ((*s->at >= 'a' && *s->at <= 'z') || *s->at == '_'))
		s->at++;
	*length = (size_t)(s->at - *name);
	return *length > 0 && *length < sizeof(((struct rl_vcpu_state *)0)->state) &&
	       rl_scan_word(s, ":");
}

/* Total time: 1.10 seconds (using cpu speed 2.40 GHz) */
static int read_clock(struct place *p, struct rl_scan *s, struct rl_err *err)
{
	uint64_t x, whole, cents;

	rl_scan_space(s);
	if (!rl_scan_count(s, CYCLES_MAX, &x) || !rl_scan_word(s, ".") ||
		!rl_scan_count(s, CYCLES_MAX, &x) ||
		!rl_scan_word(s, " seconds (using cpu speed ") || !rl_scan_count(s, 1000, &whole) ||
		!rl_scan_word(s, ".") || !rl_scan_count(s, 99, &cents) || !rl_scan_word(s, " GHz)"))
		return bad(p, s, "Total time: T seconds (using cpu speed G GHz)", err);
	p->clock_hz = ((double)whole + (double)cents / 100) * 1e9;
	if (p->hz > 0)
		return 0;
	if (p->clock_hz == RL_XENALYZE_HZ || p->clock_hz <= 0)
		return rl_err_set(err, -EINVAL, p->file, p->l->line, 1,
			"nobody knows the speed of the clock, xenalyze took %g GHz (expected "
			"cpu_mhz among the manifest's facts, or xenalyze --cpu-hz)",
			p->clock_hz / 1e9);
	p->hz = p->clock_hz;
	return 0;
}

/* Creating vcpu 0 for dom 2: what must have its states further down. */
static void note_created(struct place *p, struct rl_scan *s)
{
	uint64_t vcpu, domid;

	if (rl_scan_count(s, UINT16_MAX, &vcpu) && rl_scan_word(s, " for dom ") &&
		rl_scan_count(s, UINT16_MAX, &domid) && domid != UNKNOWN && domid != IDLE_DOMAIN &&
		p->ncreated < CREATED_VCPUS)
		p->created[p->ncreated++] = (uint32_t)(domid << 16 | vcpu);
}

static int read_line(struct place *p, struct rl_xenalyze *out, struct rl_err *err)
{
	struct rl_scan s = {p->l->at, p->l->at + p->l->size};
	const char *name;
	size_t length;

	if (rl_scan_word(&s, "Creating vcpu "))
		return note_created(p, &s), 0;
	if (rl_scan_word(&s, "Total time:"))
		return read_clock(p, &s, err);
	if (rl_scan_word(&s, "|-- Domain ")) {
		p->in_domain = rl_scan_count(&s, UINT16_MAX, &p->domid) && rl_scan_word(&s, " --|");
		p->in_vcpu = p->in_states = false;
		return p->in_domain ? 0 : bad(p, &s, "|-- Domain N --|", err);
	}
	if (p->in_domain && rl_scan_word(&s, "-- v")) {
		p->in_vcpu = rl_scan_count(&s, UINT16_MAX, &p->vcpu) && rl_scan_word(&s, " --");
		p->in_states = false;
		return p->in_vcpu ? 0 : bad(p, &s, "-- vN --", err);
	}
	rl_scan_space(&s);
	if (p->in_vcpu && rl_scan_word(&s, "Runstates:")) {
		p->in_states = true;
		return 0;
	}
	if (!p->in_states)
		return 0;
	p->in_states = state_name(&s, &name, &length);
	if (!p->in_states)
		return 0;
	return p->hz > 0 ? read_state(p, &s, name, length, out, err)
			 : bad(p, &s, "Total time: before the states", err);
}

static bool has_vcpu(const struct rl_xenalyze *x, uint32_t key)
{
	for (size_t i = 0; i < x->nstate; i++)
		if (((uint32_t)x->state[i].domid << 16 | x->state[i].vcpu) == key)
			return true;
	return false;
}

/* A state twice, or a vCPU of which the text does not tell after all. */
static int check(const struct place *p, const struct rl_xenalyze *x, struct rl_err *err)
{
	for (size_t i = 0; i < x->nstate; i++)
		for (size_t k = i + 1; k < x->nstate && x->state[k].domid == x->state[i].domid; k++)
			if (x->state[k].vcpu == x->state[i].vcpu &&
				strcmp(x->state[k].state, x->state[i].state) == 0)
				return rl_err_set(err, -EINVAL, p->file, 0, 0,
					"d%uv%u: state %s given twice (expected once)",
					x->state[i].domid, x->state[i].vcpu, x->state[i].state);
	for (size_t i = 0; i < p->ncreated; i++)
		if (!has_vcpu(x, p->created[i]))
			return rl_err_set(err, -EINVAL, p->file, p->l->line, 0,
				"nothing of d%uv%u, of which it has records (expected the whole "
				"summary)",
				p->created[i] >> 16, p->created[i] & 0xffff);
	if (p->in_states)
		return rl_err_set(err, -EINVAL, p->file, p->l->line, 0,
			"ends among the states of a vCPU (expected the whole summary)");
	if (!x->nstate)
		return rl_err_set(err, -EINVAL, p->file, p->l->line, 0,
			"no state of any vCPU (expected xenalyze --summary or --dump-all)");
	return 0;
}

static int summary(const char *text, size_t size, const char *file, double hz,
	struct rl_xenalyze *out, struct rl_err *err)
{
	struct place *p = calloc(1, sizeof(*p));
	struct rl_lines l;
	int rc = 0;

	if (!p)
		return -ENOMEM;
	*p = (struct place){.file = file, .l = &l, .hz = hz};
	rl_lines_init(&l, text, size);
	while (!rc && rl_lines_next(&l))
		rc = read_line(p, out, err);
	rc = rc ? rc : check(p, out, err);
	free(p);
	return rc;
}

static bool is_dump(const char *text, size_t size)
{
	return memmem(text, size, " runstate_change ", 17) != NULL;
}

int rl_xenalyze_parse(const char *text, size_t size, const char *file, double hz,
	struct rl_xenalyze *out, struct rl_err *err)
{
	int line, col, rc;

	memset(out, 0, sizeof(*out));
	if (size && text[size - 1] != '\n') {
		rl_text_place(text, size, size, &line, &col);
		return rl_err_set(err, -EINVAL, file, line, col,
			"the last line has no end (expected the whole text)");
	}
	rc = (is_dump(text, size) ? rl_xenalyze_dump : summary)(text, size, file, hz, out, err);
	if (rc)
		rl_xenalyze_free(out);
	return rc;
}

void rl_xenalyze_free(struct rl_xenalyze *x)
{
	free(x->state);
	free(x->wait);
	memset(x, 0, sizeof(*x));
}
