/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranks of a sweep; see the header. */
#include "cli/sweep_mpi.h"

#include "sim/batch.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 8u /* configurations a message, at most */

enum { TAG_HELLO = 1, TAG_ASK, TAG_IDS, TAG_ROW, TAG_FAIL, TAG_BYE };

/* What a rank says of its preparation, or of its end. */
struct hello {
	int rc;
	char hash[RL_SHA256_HEX];
	struct rl_err err;
};

struct ids {
	uint32_t n, id[AT_ONCE];
};

/* ---- joining ------------------------------------------------------------------------------- */

static bool under_mpirun(void)
{
	return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

/* Beside the program, wherever that was copied to, or where it is installed. */
static void *load_module(void)
{
	static const char *const places[] = {RL_MPI_MODULE, "../lib/ringlab/" RL_MPI_MODULE};
	char path[1200];
	ssize_t n = readlink("/proc/self/exe", path, 1024);
	void *module = NULL;
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	for (size_t i = 0; !module && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(slash ? slash + 1 : path, 100, "%s", places[i]);
		module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	}
	return module;
}

int rl_sweep_mpi_join(const struct rl_mpi **out, struct rl_err *err)
{
	rl_mpi_join_fn *join = NULL;
	void *module;

	*out = NULL;
	if (!under_mpirun())
		return 0;
	module = load_module();
	if (module)
		*(void **)&join = dlsym(module, RL_MPI_JOIN);
	if (!join)
		return rl_err_set(err, -ENOTSUP, NULL, 0, 0,
			"mpirun started this, but it was built without MPI: every process would do "
			"all of the work (expected libopenmpi-dev at build, and " RL_MPI_MODULE
			" beside the program or in ../lib/ringlab)");
	*out = join();
	return *out ? 0 : rl_err_set(err, -ENOTSUP, NULL, 0, 0, "MPI does not start");
}

/* ---- agreeing ------------------------------------------------------------------------------ */

static void hear(const struct rl_mpi *mpi, struct hello *mine)
{
	struct hello theirs;
	int tag, from = mpi->recv(-1, &tag, &theirs, sizeof(theirs));

	if (mine->rc)
		return;
	if (!theirs.rc && strcmp(theirs.hash, mine->hash) != 0)
		theirs.rc = rl_err_set(&theirs.err, -EINVAL, NULL, 0, 0,
			"it has another sweep (expected the same program and the same files)");
	if (!theirs.rc)
		return;
	mine->rc = rl_err_set(&mine->err, theirs.rc, theirs.err.file, theirs.err.line,
		theirs.err.col, "rank %d: %.400s", from, theirs.err.what);
}

int rl_sweep_mpi_agree(const struct rl_mpi *mpi, int rc, const char *hash, struct rl_err *err)
{
	struct hello mine = {.rc = rc, .err = *err};
	int tag;

	snprintf(mine.hash, sizeof(mine.hash), "%s", hash);
	if (mpi->rank) {
		mpi->send(0, TAG_HELLO, &mine, sizeof(mine));
		mpi->recv(0, &tag, &mine, sizeof(mine));
		return mine.rc;
	}
	for (int i = 1; i < mpi->size; i++)
		hear(mpi, &mine);
	for (int i = 1; i < mpi->size; i++)
		mpi->send(i, TAG_HELLO, &mine, sizeof(mine));
	*err = mine.err;
	return mine.rc;
}

/* ---- those who simulate -------------------------------------------------------------------- */

struct worker {
	const struct rl_mpi *mpi;
	const struct rl_sweep_input *in;
	struct ids have;
	uint32_t at; /* of have */
	bool over;
	struct hello end;
};

static void fail(struct worker *w, int rc, const struct rl_err *err)
{
	w->over = true;
	if (w->end.rc)
		return;
	w->end.rc = rc;
	w->end.err = *err;
}

/* rl_batch_run() lets one thread at a time in here, so MPI sees one as well. */
static bool next(void *arg, uint32_t *id, struct rl_scenario *s)
{
	struct worker *w = arg;
	struct rl_err err = {0};
	int tag, rc;

	if (!w->over && w->at == w->have.n) {
		w->mpi->send(0, TAG_ASK, NULL, 0);
		w->mpi->recv(0, &tag, &w->have, sizeof(w->have));
		w->at = 0;
		w->over = w->have.n == 0;
	}
	if (w->over)
		return false;
	*id = w->have.id[w->at++];
	rc = rl_sweep_scenario(&w->in->w, *id, RL_SWEEP_OVER, s, &err);
	if (rc)
		fail(w, rc, &err);
	return !rc;
}

static void done(
	void *arg, uint32_t id, int rc, const struct rl_sim_result *r, const struct rl_err *err)
{
	struct rl_sweep_row row;
	struct worker *w = arg;

	if (rl_sweep_row_fill(&row, id, rc, r, err))
		fail(w, rc, err);
	else
		w->mpi->send(0, TAG_ROW, &row, sizeof(row));
}

int rl_sweep_mpi_work(const struct rl_mpi *mpi, const struct rl_sweep_input *in, struct rl_err *err)
{
	struct worker w = {.mpi = mpi, .in = in};
	const struct rl_batch batch = {.threads = in->sim.threads,
		.options = &in->sim,
		.next = next,
		.done = done,
		.arg = &w};
	int rc = rl_batch_run(&batch);

	if (rc)
		fail(&w, rc, &(struct rl_err){.what = "out of memory"});
	mpi->send(0, w.end.rc ? TAG_FAIL : TAG_BYE, &w.end, sizeof(w.end));
	*err = w.end.err;
	return w.end.rc;
}

/* ---- rank 0 -------------------------------------------------------------------------------- */

union message {
	struct rl_sweep_row row;
	struct hello hello;
};

/* Returns: whether that rank is through. */
static bool answer(const struct rl_mpi *mpi, const struct rl_sweep_hub *hub, union message *m)
{
	struct ids ids = {0};
	int tag, from = mpi->recv(-1, &tag, m, sizeof(*m));

	switch (tag) {
	case TAG_ASK:
		ids.n = hub->take(hub->arg, ids.id, AT_ONCE);
		mpi->send(from, TAG_IDS, &ids, sizeof(ids));
		return false;
	case TAG_ROW:
		hub->give(hub->arg, &m->row);
		return false;
	case TAG_FAIL:
		hub->fail(hub->arg, m->hello.rc, &m->hello.err);
		return true;
	default:
		return true;
	}
}

void rl_sweep_mpi_serve(const struct rl_mpi *mpi, const struct rl_sweep_hub *hub)
{
	union message m;

	for (int left = mpi->size - 1; left;)
		left -= answer(mpi, hub, &m);
}
