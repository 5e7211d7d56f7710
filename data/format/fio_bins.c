/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's histogram; see fio_bins.h. */
#include "data/format/fio_bins.h"

#include "data/format/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PER_GROUP (1u << RL_FIO_BIN_BITS)

const char *const rl_fio_way_name[RL_FIO_WAYS] = {"read", "write"};
const char *const rl_fio_what_name[RL_FIO_WHATS] = {"slat", "clat", "lat"};

uint64_t rl_fio_bin_value(unsigned int bin)
{
	unsigned int group = bin >> RL_FIO_BIN_BITS, within = bin & (PER_GROUP - 1);

	if (group < 2)
		return bin;
	/* A bin of group g begins at (64 + within) << (g - 1) and is 1 << (g - 1) wide. */
	return (((uint64_t)PER_GROUP + within) << (group - 1)) + (1ull << (group - 2));
}

unsigned int rl_fio_bin_of(uint64_t ns)
{
	unsigned int top, group;

	if (ns < 2 * PER_GROUP)
		return (unsigned int)ns;
	top = 63 - (unsigned int)__builtin_clzll(ns);
	group = top - RL_FIO_BIN_BITS + 1;
	if (group >= RL_FIO_GROUPS)
		return RL_FIO_BINS - 1;
	return (group << RL_FIO_BIN_BITS) + (unsigned int)(ns >> (group - 1)) - PER_GROUP;
}

uint64_t rl_fio_hist_percentile(const struct rl_fio_hist *h, double p)
{
	uint64_t sum = 0;
	unsigned int last = 0;

	for (unsigned int b = 0; b < RL_FIO_BINS; b++) {
		if (!h->n[b])
			continue;
		last = b;
		sum += h->n[b];
		if ((long double)sum >= (long double)p / 100.0L * (long double)h->total)
			break;
	}
	return rl_fio_bin_value(last);
}

void rl_fio_hist_merge(struct rl_fio_hist *into, const struct rl_fio_hist *h)
{
	for (unsigned int b = 0; b < RL_FIO_BINS; b++)
		into->n[b] += h->n[b];
	into->total += h->total;
	into->incomplete |= h->incomplete;
}

/* One "LATENCY": SAMPLES. */
static int read_bin(const char *key, const json_t *value, const char *file, const char *path,
	struct rl_fio_hist *h, struct rl_err *err)
{
	char *end;
	unsigned long long ns = strtoull(key, &end, 10);
	unsigned int bin = rl_fio_bin_of(ns);

	if (*key < '0' || *key > '9' || *end || rl_fio_bin_value(bin) != ns)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.bins: '%.40s' is no bin (expected the middle of one of fio's %d bins)",
			path, key, RL_FIO_BINS);
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		(uint64_t)json_integer_value(value) > (1ull << 53) - h->total)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.bins.%s: no count (expected a whole number, all below 2^53)", path,
			key);
	h->n[bin] += (uint64_t)json_integer_value(value);
	h->total += (uint64_t)json_integer_value(value);
	return 0;
}

/* fio reckoned its percentiles from the same bins: they must come out again. */
static int check_percentiles(const json_t *list, const char *file, const char *path,
	const struct rl_fio_hist *h, struct rl_err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)list, key, value)
	{
		char *end;
		double p = strtod(key, &end), told;
		uint64_t ours;

		if (*end || !(p > 0 && p <= 100))
			return rl_err_set(err, -EINVAL, file, 0, 0,
				"%s.percentile: '%.40s' (expected a number above 0, up to 100)",
				path, key);
		if (rl_json_number(list, key, file, path, &told, err))
			return -EINVAL;
		ours = rl_fio_hist_percentile(h, p);
		if (told != (double)ours)
			return rl_err_set(err, -EINVAL, file, 0, 0,
				"%s.percentile.%s: %.0f, but its bins say %llu (expected bins and "
				"percentiles of one run)",
				path, key, told, (unsigned long long)ours);
	}
	return 0;
}

static int read_bins(const json_t *bins, const json_t *object, const char *file, const char *path,
	struct rl_fio_hist *h, struct rl_err *err)
{
	const char *key;
	json_t *value;
	double n;
	int rc;

	json_object_foreach((json_t *)bins, key, value)
	{
		rc = read_bin(key, value, file, path, h, err);
		if (rc)
			return rc;
	}
	rc = rl_json_number(object, "N", file, path, &n, err);
	if (!rc && (double)h->total != n)
		rc = rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.bins: %llu samples (expected N, which is %.0f)", path,
			(unsigned long long)h->total, n);
	if (!rc && h->total)
		rc = check_percentiles(json_object_get(object, "percentile"), file, path, h, err);
	return rc;
}

int rl_fio_hist_read(const json_t *object, const char *file, const char *path,
	struct rl_fio_hist *into, struct rl_err *err)
{
	const json_t *bins = json_object_get(object, "bins");
	struct rl_fio_hist *h;
	int rc;

	if (!json_is_object(bins)) {
		into->incomplete |= json_number_value(json_object_get(object, "N")) > 0;
		return bins ? rl_err_set(err, -EINVAL, file, 0, 0, "%s.bins: not an object", path)
			    : 0;
	}
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	rc = read_bins(bins, object, file, path, h, err);
	if (!rc)
		rl_fio_hist_merge(into, h);
	free(h);
	return rc;
}
