/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep's rows: a configuration a line, its axes beside its metrics. */
#include "cli/sweep.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* What people see of a configuration; programs get every metric. */
static const int shown[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns, RL_METRIC_clat_p99_ns,
	RL_METRIC_cpu_ns_per_request};

#define NSHOWN	    (sizeof(shown) / sizeof(shown[0]))
#define MAX_COLUMNS (RL_SWEEP_AXES + RL_METRIC_COUNT + 8)

struct print {
	const struct rl_sweep_input *in;
	struct rl_out *out;
	const char *columns[MAX_COLUMNS];
	bool table;
};

static void name_columns(struct print *p)
{
	size_t n = 0;

	p->columns[n++] = "config";
	for (uint32_t k = 0; k < p->in->w.naxes; k++)
		p->columns[n++] = p->in->w.axis[k].path;
	for (size_t m = 0; m < (p->table ? NSHOWN : RL_METRIC_COUNT); m++)
		p->columns[n++] = rl_metric_info[p->table ? (size_t)shown[m] : m].name;
	p->columns[n++] = "limited_by";
	if (!p->table) {
		p->columns[n++] = "replications";
		p->columns[n++] = "requests";
		p->columns[n++] = "warmup_found";
	}
	p->columns[n++] = "failed";
	p->columns[n] = NULL;
}

/* An axis as a number where it is one, so that it may be plotted. */
static void put_value(struct rl_out *out, const struct rl_axis *a, const char *text)
{
	double x = rl_axis_number(a, text);

	if (isnan(x))
		rl_out_text(out, text);
	else
		rl_out_real(out, x, 6);
}

static int put_row(void *arg, const struct rl_sweep_row *row)
{
	struct print *p = arg;
	char buf[RL_SWEEP_VALUE];

	rl_out_count(p->out, row->config);
	for (uint32_t k = 0; k < p->in->w.naxes; k++) {
		const char *value = rl_sweep_value(&p->in->w, row->config, k, buf);

		if (p->table)
			rl_out_text(p->out, value);
		else
			put_value(p->out, &p->in->w.axis[k], value);
	}
	for (size_t m = 0; m < (p->table ? NSHOWN : RL_METRIC_COUNT); m++)
		rl_out_real(p->out, row->metrics.m[p->table ? (size_t)shown[m] : m].value, 4);
	rl_out_text(p->out, *row->limit_what ? row->limit_what : NULL);
	if (!p->table) {
		rl_out_count(p->out, row->reps);
		rl_out_count(p->out, (int64_t)row->requests);
		rl_out_bool(p->out, row->warm);
	}
	rl_out_text(p->out, *row->failed ? row->failed : NULL);
	rl_out_end_row(p->out);
	return 0;
}

int rl_sweep_print(const struct rl_sweep_input *in, struct rl_sweep_log *log, struct rl_err *err)
{
	struct print p = {.in = in, .table = in->args.format == RL_OUT_TABLE};
	int rc, end;

	name_columns(&p);
	p.out = rl_out_create(in->args.format, stdout, p.columns);
	if (!p.out)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	rc = rl_sweep_log_rows(log, put_row, &p, err);
	end = rl_out_finish(p.out);
	if (!rc && end)
		rc = rl_err_set(err, end, NULL, 0, 0, "cannot write the results");
	return rc;
}
