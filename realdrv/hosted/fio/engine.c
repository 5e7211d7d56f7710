/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A job of fio: one connection, one ring, and its I/O. See engine.h.
 *
 * A job is a process or a thread; either connects for itself in the init hook, so that no
 * connection crosses a fork and no ring has two users. Between init and cleanup nothing here
 * allocates or locks, and the clock is read once a commit, as fio would read it once a
 * request: what waiting costs is the policy's affair.
 */
#include "engine.h"

struct rlf_job {
	struct rl_hfront *front;
	struct rl_hqueue *queue;
	const struct rl_hfront_info *info;
	struct rl_hio **done; /* of the last reaping */
	struct io_u **queued; /* since the last commit */
	unsigned int nqueued, depth;
	struct rl_hio *ios; /* one an io_u */
	unsigned int made;  /* io_us that have theirs */
	size_t mem_bytes;   /* of the shared memory for buffers */
	uint64_t sectors[DDIR_RWDIR_CNT];
	uint64_t start_ns, start_cpu_ns;
	bool opened;		       /* start_ns is when the first I/O was due */
	char *stats_name, *trace_name; /* when a job ends fio frees its options first */
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- I/O ----------------------------------------------------------------------------------- */

static enum fio_q_status refuse(struct io_u *io_u, int error)
{
	io_u->error = (unsigned int)error;
	return FIO_Q_COMPLETED;
}

static enum fio_q_status rlf_queue(struct thread_data *td, struct io_u *io_u)
{
	struct rlf_job *job = td->io_ops_data;
	struct rl_hio *io = io_u->engine_data;

	fio_ro_check(td, io_u);
	if (io_u->ddir == DDIR_READ || io_u->ddir == DDIR_WRITE) {
		if ((io_u->offset | io_u->xfer_buflen) % 512)
			return refuse(io_u, EINVAL);
		io->op = io_u->ddir == DDIR_READ ? RL_HIO_READ : RL_HIO_WRITE;
		io->sector = io_u->offset / 512;
		io->buf = io_u->xfer_buf;
		io->bytes = (rl_u32)io_u->xfer_buflen;
		job->sectors[io_u->ddir] += io->bytes / 512;
	} else if (ddir_sync(io_u->ddir)) {
		/* Without a cache to flush what is answered is safe: as in a guest's block layer.
		 */
		if (!job->info->flush)
			return FIO_Q_COMPLETED;
		io->op = RL_HIO_FLUSH;
		io->sector = 0;
		io->buf = NULL;
		io->bytes = 0;
	} else {
		return refuse(io_u, EOPNOTSUPP);
	}
	/* With io_submit_mode=offload the io_u is the parent's, the queue a worker's. */
	io->cookie = io_u;
	rl_hqueue_submit(job->queue, io);
	/* On a dead queue an io_u can come back without a commit, and be queued once more. */
	if (job->nqueued == job->depth)
		job->nqueued = 0;
	job->queued[job->nqueued++] = io_u;
	return FIO_Q_QUEUED;
}

/* fio's clock, read once for all of them: it would read it for each. */
static void stamp(struct thread_data *td, struct rlf_job *job)
{
	struct timespec now;

	if (!fio_fill_issue_time(td))
		return;
	fio_gettime(&now, NULL);
	for (unsigned int i = 0; i < job->nqueued; i++) {
		struct io_u *io_u = job->queued[i];

		io_u->issue_time = now;
		if (ddir_rw(io_u->ddir))
			io_u_queued(td, io_u);
	}
	if (td->o.read_iolog_file)
		td->last_issue = now;
}

static int rlf_commit(struct thread_data *td)
{
	struct rlf_job *job = td->io_ops_data;

	if (job->nqueued) {
		rl_hqueue_commit(job->queue);
		stamp(td, job);
		io_u_mark_submit(td, job->nqueued);
		job->nqueued = 0;
	}
	return 0;
}

static int rlf_getevents(
	struct thread_data *td, unsigned int min, unsigned int max, const struct timespec *t)
{
	struct rlf_job *job = td->io_ops_data;
	rl_u64 timeout_ns = t ? (rl_u64)t->tv_sec * 1000000000u + (rl_u64)t->tv_nsec : RL_NEVER;

	return rl_hqueue_reap(job->queue, min, max, timeout_ns, job->done);
}

static struct io_u *rlf_event(struct thread_data *td, int event)
{
	struct rlf_job *job = td->io_ops_data;
	const struct rl_hio *io = job->done[event];
	struct io_u *io_u = io->cookie;

	if (io->error)
		io_u->error = (unsigned int)-io->error;
	return io_u;
}

/* ---- a job's life -------------------------------------------------------------------------- */

/* fio asks for its buffers after the connection is made; the most that it can ask for. */
static size_t buffers_bytes(struct thread_data *td)
{
	size_t bytes = (size_t)td_max_bs(td) * td->o.iodepth + 2 * page_size;

	bytes += 2 * (size_t)td->o.mem_align;
	return (bytes + page_size - 1) & ~(size_t)(page_size - 1);
}

static void start_clock(struct rlf_job *job)
{
	job->start_ns = now_ns(CLOCK_MONOTONIC);
	job->start_cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void free_job(struct rlf_job *job)
{
	if (job->front)
		rl_hfront_destroy(job->front);
	free(job->done);
	free(job->queued);
	free(job->ios);
	free(job->stats_name);
	free(job->trace_name);
	free(job);
}

static struct rlf_job *make_job(struct thread_data *td)
{
	const struct rlf_options *o = td->eo;
	const char *stats = o->front_stats ? o->front_stats : getenv("RINGLAB_FRONT_STATS");
	struct rlf_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	start_clock(job);
	job->stats_name = stats && *stats ? strdup(stats) : NULL;
	job->depth = td->o.iodepth;
	job->trace_name = rlf_trace_name(o) ? strdup(rlf_trace_name(o)) : NULL;
	job->done = calloc(td->o.iodepth, sizeof(struct rl_hio *));
	job->queued = calloc(td->o.iodepth, sizeof(struct io_u *));
	job->ios = calloc(td->o.iodepth, sizeof(*job->ios));
	job->mem_bytes = o->mapping ? buffers_bytes(td) : 0;
	if (job->done && job->queued && job->ios)
		return job;
	free_job(job);
	return NULL;
}

static int rlf_init(struct thread_data *td)
{
	const struct rlf_options *o = td->eo;
	struct rlf_job *job;
	int rc;

	/* fio takes what this returns for its own error number. */
	if (rlf_layout_check(td) || rlf_layout_check_running(td))
		return EINVAL;
	if (o->mapping)
		rlf_use_mapping();
	job = make_job(td);
	if (!job)
		return ENOMEM;
	if (!o->probe) {
		rc = rlf_connect(&job->front, o, job->mem_bytes);
		if (rc) {
			free_job(job);
			return -rc;
		}
		job->queue = rl_hfront_queue(job->front, 0);
		job->info = rl_hfront_info(job->front);
	}
	td->io_ops_data = job;
	return 0;
}

static int rlf_post_init(struct thread_data *td)
{
	const struct rlf_options *o = td->eo;

	/* fio does not look at what the allocation of buffers returned. */
	if (td->error)
		return td->error;
	if (o->probe) {
		log_info("ringlab: probe: fits %s (%s): struct thread_data has %zu bytes\n",
			fio_version_string, RLF_FIO_PACKAGE, sizeof(*td));
		td->done = 1; /* no I/O */
	}
	return 0;
}

/* A worker of a job (io_submit_mode=offload) has a ring, but no number of its own. */
static void name_stats(const struct thread_data *td, const char *name, char *path, size_t size)
{
	if (td->parent)
		snprintf(path, size, "%s.%u.%d", name, td->parent->thread_number, gettid());
	else
		snprintf(path, size, "%s.%u", name, td->thread_number);
}

static void write_stats(struct thread_data *td, const struct rlf_job *job)
{
	char path[PATH_MAX];
	FILE *f;

	if (!job->stats_name || !job->queue)
		return;
	name_stats(td, job->stats_name, path, sizeof(path));
	f = fopen(path, "we");
	if (f) {
		rl_hstats_print(rl_hqueue_stats(job->queue), f);
		fprintf(f, "fio_read_sectors %" PRIu64 "\n", job->sectors[DDIR_READ]);
		fprintf(f, "fio_write_sectors %" PRIu64 "\n", job->sectors[DDIR_WRITE]);
		fprintf(f, "cpu_ns %" PRIu64 "\n",
			now_ns(CLOCK_THREAD_CPUTIME_ID) - job->start_cpu_ns);
		fprintf(f, "now_ns %" PRIu64 "\n", now_ns(CLOCK_MONOTONIC) - job->start_ns);
	}
	if (!f || ferror(f) || fclose(f))
		rlf_complain(td, errno ? errno : EIO, "%s: %s", path, strerror(errno));
}

static void write_trace(struct thread_data *td, const struct rlf_job *job)
{
	char path[PATH_MAX];
	int rc;

	if (!job->trace_name || !job->queue)
		return;
	name_stats(td, job->trace_name, path, sizeof(path));
	rc = rl_hqueue_write_trace(job->queue, path);
	if (rc)
		rlf_complain(td, -rc, "%s: %s", path, strerror(-rc));
}

static void rlf_cleanup(struct thread_data *td)
{
	struct rlf_job *job = td->io_ops_data;

	if (!job)
		return;
	write_stats(td, job);
	write_trace(td, job);
	free_job(job);
}

static int rlf_open_file(struct thread_data *td, struct fio_file *f)
{
	struct rlf_job *job = td->io_ops_data;

	(void)f;
	/* fio opens when the first I/O is due: what came before is not the ring's. */
	if (job && !job->opened) {
		start_clock(job);
		job->opened = true;
	}
	return 0;
}

/* A disk is not closed, invalidated or unlinked under the name that a job gives it. */
static int rlf_leave_file(struct thread_data *td, struct fio_file *f)
{
	(void)td;
	(void)f;
	return 0;
}

/* ---- memory -------------------------------------------------------------------------------- */

/* Only called when a job of this fio maps: others may have fio's own kinds of memory (mem=). */
static int rlf_iomem_alloc(struct thread_data *td, size_t bytes)
{
	struct rlf_job *job = td->io_ops_data;

	if (job->mem_bytes && job->front) {
		if (bytes > job->mem_bytes)
			return rlf_complain(td, ENOMEM, "%zu bytes of buffers (expected up to %zu)",
				bytes, job->mem_bytes);
		td->orig_buffer = rl_hfront_mem(job->front);
	} else if (posix_memalign((void **)&td->orig_buffer, page_size, bytes)) {
		td->orig_buffer = NULL;
	}
	return td->orig_buffer ? 0 : ENOMEM;
}

static void rlf_iomem_free(struct thread_data *td)
{
	const struct rlf_job *job = td->io_ops_data;

	if (!job->mem_bytes || !job->front)
		free(td->orig_buffer);
}

static int rlf_io_u_init(struct thread_data *td, struct io_u *io_u)
{
	struct rlf_job *job = td->io_ops_data;

	if (rlf_layout_check_io_u(io_u, job->made)) {
		td_verror(td, EINVAL, "ringlab");
		return EINVAL;
	}
	io_u->engine_data = &job->ios[job->made++];
	return 0;
}

struct ioengine_ops ioengine __attribute__((visibility("default"))) = {
	.name = "ringlab",
	.version = FIO_IOOPS_VERSION,
	.flags = FIO_RAWIO | FIO_DISKLESSIO | FIO_NOEXTEND | FIO_NODISKUTIL |
		 FIO_ASYNCIO_SETS_ISSUE_TIME,
	.setup = rlf_setup,
	.init = rlf_init,
	.post_init = rlf_post_init,
	.queue = rlf_queue,
	.commit = rlf_commit,
	.getevents = rlf_getevents,
	.event = rlf_event,
	.cleanup = rlf_cleanup,
	.open_file = rlf_open_file,
	.close_file = rlf_leave_file,
	.invalidate = rlf_leave_file,
	.unlink_file = rlf_leave_file,
	.io_u_init = rlf_io_u_init,
	.option_struct_size = sizeof(struct rlf_options),
	.options = rlf_options,
};

void rlf_use_mapping(void)
{
	ioengine.iomem_alloc = rlf_iomem_alloc;
	ioengine.iomem_free = rlf_iomem_free;
}
