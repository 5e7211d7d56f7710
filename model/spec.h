/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "name:option=value,option=value": one of a kind, with its options.
 *
 * What may be chosen declares its options in a table beside its code; this reader, the check
 * of a scenario, the column of its error and `ringlab list` work from that table. The reader
 * of policies (realdrv/core/policy.h) has the same form, but must compile in a kernel: it knows
 * whole numbers and times only.
 */
#ifndef RL_MODEL_SPEC_H
#define RL_MODEL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/draw.h"

#define RL_SPEC_OPTS	    16u
#define RL_DEVICE_PARTS_MAX 3

enum rl_opt_kind {
	RL_OPT_COUNT,  /* a whole number */
	RL_OPT_REAL,   /* a decimal number */
	RL_OPT_TIME,   /* ns; needs a unit */
	RL_OPT_SIZE,   /* bytes, as fio writes sizes */
	RL_OPT_RATE,   /* bytes a second: a size and "/s" */
	RL_OPT_WORD,   /* the index of one of `words` */
	RL_OPT_POINTS, /* a histogram of times, "80us*90+1ms..2ms*10": intervals and weights */
};

struct rl_opt {
	const char *name;
	enum rl_opt_kind kind;
	double dflt, min, max;
	const char *const *words; /* ends with a null pointer */
	const char *help, *source;
};

struct rl_spec;

/* A device that is one queue, first come first served, before servers in parallel. */
struct rl_spec_station {
	double servers;
	double mean_ns, second_ns2; /* moments of a service time */
	bool exponential;
};

/* Something that may be chosen. */
struct rl_spec_type {
	const char *name, *summary;
	const struct rl_opt *opts;
	uint32_t nopts;
	/**
	 * check - do options that are each in range make sense together? May be null.
	 * @opt: out, the index of the one that is at fault.
	 * Returns: null, or what was expected.
	 */
	const char *(*check)(const struct rl_spec *s, uint32_t *opt);
	/** bytes - of a device, how much it holds. Null: as much as is asked for. */
	double (*bytes)(const struct rl_spec *s);
	/**
	 * service - of a device, how long an I/O of so many bytes keeps its parts busy in the mean,
	 * at the least: a part serves 10^9 ns of it a second. Null: it serves any number at a time.
	 * @ns: in and out, RL_DEVICE_PARTS_MAX of them, zeroed.
	 */
	void (*service)(const struct rl_spec *s, double bytes, bool write, double *ns);
	/** station - of a device that is no more than a queue: which. Null: it is something else.
	 */
	void (*station)(const struct rl_spec *s, struct rl_spec_station *out);
	/**
	 * flush_ns - of a device with a volatile cache, how long a flush may take. Null, or 0: it
	 * has none, and is never sent a flush.
	 */
	double (*flush_ns)(const struct rl_spec *s);
};

/* All that may be chosen for one purpose; what they are called, and options that all have. */
struct rl_spec_set {
	const char *what; /* "device" */
	/** at - number @i. Returns: null behind the last. */
	const struct rl_spec_type *(*at)(uint32_t i);
	const struct rl_opt *shared;
	uint32_t nshared;
};

/* A choice that was read. */
struct rl_spec {
	const struct rl_spec_type *type;
	double v[RL_SPEC_OPTS];	      /* of type->opts, in their order */
	double shared[RL_SPEC_OPTS];  /* of the set's */
	uint32_t given, shared_given; /* bits: was it said, or is it the default? */
	struct rl_points points;      /* of the RL_OPT_POINTS option; n is 0 when it was not said */
};

struct rl_spec_err {
	uint32_t at;  /* offset of what is wrong */
	bool unknown; /* a name that does not exist: of a type, or of an option of... */
	const struct rl_spec_type *type; /* ... this one; null: of a type */
	char what[192];
};

/**
 * rl_spec_read - understand all of @text, or say what is wrong.
 * @out: unchanged on error.  @err: out on error; may be null.
 * Returns: 0; -EINVAL unknown name, malformed value or options that contradict each other;
 *          -ERANGE a value out of range.
 */
int rl_spec_read(const struct rl_spec_set *set, const char *text, struct rl_spec *out,
	struct rl_spec_err *err);

/**
 * rl_spec_point - one point of an RL_OPT_POINTS: "80us", "80us*90", "1ms..2ms*10".
 * Returns: 0; -EINVAL.
 */
int rl_spec_point(const char *text, struct rl_point *p);

/** rl_opt_text - a value of an option as a person writes it ("80us", "4k", "lognormal"). */
const char *rl_opt_text(const struct rl_opt *o, double v, char *buf, size_t size);

#endif
