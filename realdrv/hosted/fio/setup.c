/* SPDX-License-Identifier: GPL-2.0-only */
/* Options, and what there is to know before a job runs: see engine.h. */
#include "engine.h"

#include <stdarg.h>

#define SOCKET_ENV "RINGLAB_SOCKET"

#define OPTION(field, kind, long_name, text, ...)                                                  \
	{                                                                                          \
		.name = #field, .lname = long_name, .type = kind,                                  \
		.off1 = offsetof(struct rlf_options, field), .help = text,                         \
		.category = FIO_OPT_C_ENGINE, .group = FIO_OPT_G_INVALID, __VA_ARGS__              \
	}

struct fio_option rlf_options[] = {
	OPTION(socket, FIO_OPT_STR_STORE, "Backend's socket",
		"Where the backend listens (default: the environment's " SOCKET_ENV ")", .prio = 0),
	OPTION(ring_pages, FIO_OPT_INT, "Pages of a ring",
		"Pages of a ring: 1, 2, 4, 8 or 16, 32 requests each", .def = "1", .minval = 1,
		.maxval = RL_HOSTED_MAX_RINGPAGES, .pow2 = 1),
	OPTION(front_policy, FIO_OPT_STR_STORE, "Frontend's policy",
		"How the frontend waits: POLICY[:option=value,..]", .def = "event"),
	OPTION(mapping, FIO_OPT_BOOL, "Map instead of copy",
		"1: fio's buffers lie in shared memory, nothing is copied; 0: data is copied to "
		"and from granted pages, as with persistent grants",
		.def = "0"),
	OPTION(retry_ms, FIO_OPT_INT, "Patience",
		"How long to wait for a new backend when the backend has died, in ms", .def = "0",
		.maxval = 3600000),
	OPTION(front_stats, FIO_OPT_STR_STORE, "Frontend's counters",
		"Write the counters of job N to this file with .N behind its name (default: the "
		"environment's RINGLAB_FRONT_STATS)",
		.prio = 0),
	OPTION(front_trace, FIO_OPT_STR_STORE, "Frontend's trace",
		"Write the stage timestamps of job N to this file with .N behind its name "
		"(default: the environment's RINGLAB_FRONT_TRACE)",
		.prio = 0),
	OPTION(trace_records, FIO_OPT_INT, "Records of the trace",
		"How many of the newest stage timestamps a job keeps", .def = "65536", .minval = 1,
		.maxval = RL_TRACE_MAX_RECORDS),
	OPTION(probe, FIO_OPT_BOOL, "Probe",
		"Compare the engine with the fio that runs it, and do no I/O", .def = "0"),
	{.name = NULL},
};

int rlf_complain(struct thread_data *td, int error, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_err("ringlab: error: %s\n", text);
	td_verror(td, error, "ringlab");
	return 1;
}

const char *rlf_trace_name(const struct rlf_options *o)
{
	const char *name = o->front_trace ? o->front_trace : getenv("RINGLAB_FRONT_TRACE");

	return name && *name ? name : NULL;
}

int rlf_connect(struct rl_hfront **f, const struct rlf_options *o, rl_u64 mem_bytes)
{
	struct rl_hfront_conf conf = {.socket = o->socket ? o->socket : getenv(SOCKET_ENV),
		.sock_fd = -1,
		.queues = 1,
		.ring_pages = o->ring_pages,
		.mem_bytes = mem_bytes,
		.policy = o->front_policy,
		.retry_ms = o->retry_ms,
		.trace_records = rlf_trace_name(o) ? o->trace_records : 0};
	char why[RL_HOSTED_ERR_BYTES] = "no memory";
	int rc;

	if (!conf.socket || !*conf.socket) {
		log_err("ringlab: error: no backend is named (expected socket=PATH in the job or "
			"the environment's " SOCKET_ENV "; rl-backend --help tells how to start "
			"one)\n");
		return -EINVAL;
	}
	rc = rl_hfront_create(f, &conf, why);
	if (rc)
		log_err("ringlab: error: %s%s\n", why,
			rc == -ENOENT || rc == -ECONNREFUSED
				? " (expected a backend there; rl-backend --help tells how to "
				  "start one)"
				: "");
	return rc;
}

/* The disk's facts. The connection ends here: a job makes its own, after fio has forked. */
static int ask_backend(struct thread_data *td, struct rl_hfront_info *info)
{
	struct rl_hfront *f;
	int rc = rlf_connect(&f, td->eo, 0);

	if (rc) {
		td_verror(td, -rc, "ringlab");
		return rc;
	}
	*info = *rl_hfront_info(f);
	rl_hfront_destroy(f);
	return 0;
}

/* What a ring cannot carry is refused before I/O, not in the middle of a run. */
static int check_job(struct thread_data *td)
{
	for (int ddir = 0; ddir < DDIR_RWDIR_CNT; ddir++)
		if ((td->o.td_ddir & (1u << ddir)) &&
			(td->o.min_bs[ddir] % 512 || td->o.ba[ddir] % 512))
			return rlf_complain(td, EINVAL,
				"%s: bs=%llu, ba=%llu (expected multiples of 512)", td->o.name,
				td->o.min_bs[ddir], td->o.ba[ddir]);
	if (td->o.bs_unaligned)
		return rlf_complain(
			td, EINVAL, "%s: bs_unaligned (expected blocks of 512)", td->o.name);
	if (td_max_bs(td) > UINT32_MAX)
		return rlf_complain(td, EINVAL, "%s: bs=%llu (expected less than 4g)", td->o.name,
			td_max_bs(td));
	if (td_trim(td))
		return rlf_complain(td, EOPNOTSUPP,
			"%s: trim (expected reads and writes: the backend offers no discard)",
			td->o.name);
	if (td->files_index > 1 || td->o.nr_files > 1)
		return rlf_complain(td, EINVAL,
			"%s: %u files (expected one: a connection is to one disk)", td->o.name,
			max(td->files_index, td->o.nr_files));
	return 0;
}

int rlf_setup(struct thread_data *td)
{
	struct rl_hfront_info info = {.capacity_sectors = 2048, .flush = 1};
	const struct rlf_options *o = td->eo;
	struct fio_file *f;

	if (rlf_layout_check(td)) {
		td_verror(td, EINVAL, "ringlab");
		return 1;
	}
	if (o->mapping)
		rlf_use_mapping();
	if (check_job(td) || (!o->probe && ask_backend(td, &info)))
		return 1;
	if (info.read_only && td_write(td))
		return rlf_complain(td, EROFS, "%s: writes (expected reads: the disk is read-only)",
			td->o.name);
	if (!td->files_index) {
		add_file(td, td->o.filename ? td->o.filename : "ringlab", 0, 0);
		td->o.nr_files = 1;
		td->o.open_files++;
	}
	f = td->files[0];
	/* Whatever the job's name for it is here: it is a disk, and never touched. */
	f->filetype = FIO_TYPE_BLOCK;
	f->real_file_size = info.capacity_sectors * 512;
	return 0;
}
