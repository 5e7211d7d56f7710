/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is this the fio that the engine was built for?
 *
 * Between fio and an engine there is no stable interface but structures. The headers came from
 * the source package of the same version; what remains is a fio of another version or one that
 * was configured in another way. Nothing of struct thread_data can be believed before its size is
 * known, so that comes first, from what fio made of it outside of the structure itself.
 */
#include "engine.h"

#include <sys/shm.h>

static int mismatch(const char *what, unsigned long long ours, unsigned long long theirs)
{
	log_err("ringlab: error: %s: this engine was built with %llu, the fio that runs has %llu. "
		"It was built for %s (%s): build it again for this one with "
		"realdrv/hosted/fio/build\n",
		what, ours, theirs, RLF_FIO_VERSION, RLF_FIO_PACKAGE);
	return -EINVAL;
}

/* fio asks the kernel for exactly this much, and the kernel remembers. */
static int check_segment(const struct thread_segment *seg)
{
	const size_t own = JOBS_PER_SEG * sizeof(struct thread_data) + 2 * sizeof(unsigned int);
	struct shmid_ds ds;

	if (shmctl(seg->shm_id, IPC_STAT, &ds)) {
		log_err("ringlab: error: cannot ask for the size of fio's shared memory: %s\n",
			strerror(errno));
		return -EINVAL;
	}
	if (ds.shm_segsz != own)
		return mismatch("bytes of a segment of jobs", own, ds.shm_segsz);
	return 0;
}

/* Where jobs lie: a segment starts at one, and the next is one sizeof further. */
static int check_place(const struct thread_data *td, bool *job)
{
	for (unsigned int s = 0; s < nr_segments; s++) {
		const struct thread_segment *seg = &segments[s];
		size_t at = (size_t)((const char *)td - (const char *)seg->threads);

		if ((const char *)td < (const char *)seg->threads ||
			at >= JOBS_PER_SEG * sizeof(*td))
			continue;
		if (at % sizeof(*td))
			return mismatch("bytes of struct thread_data", sizeof(*td), at);
		*job = true;
		return check_segment(seg);
	}
	/* Not a job but a worker of one (io_submit_mode=offload): its parent is in a segment. */
	return nr_segments ? check_segment(&segments[0]) : 0;
}

/* Offsets: pointers that must lead to what we know. */
static int check_pointers(const struct thread_data *td)
{
	const struct rlf_options *o = td->eo;

	if (td->io_ops != &ioengine)
		return mismatch("address of the engine in struct thread_data",
			(unsigned long long)(uintptr_t)&ioengine,
			(unsigned long long)(uintptr_t)td->io_ops);
	if (!o || !o->ring_pages)
		return mismatch("ring_pages in the engine's options", 1, 0);
	return 0;
}

int rlf_layout_check(struct thread_data *td)
{
	bool job = false;
	int rc;

	if (strcmp(fio_version_string, RLF_FIO_VERSION) != 0) {
		log_err("ringlab: error: this is %s, and the engine was built for %s (%s): build "
			"it again for this one with realdrv/hosted/fio/build\n",
			fio_version_string, RLF_FIO_VERSION, RLF_FIO_PACKAGE);
		return -EINVAL;
	}
	rc = check_place(td, &job);
	rc = rc ? rc : check_pointers(td);
	if (!rc && job && td != tnumber_to_td(td->thread_number - 1))
		rc = mismatch("number of the job", thread_number, td->thread_number);
	return rc;
}

/* A list that is empty names itself, and so tells where it lies. */
static int check_list(const struct flist_head *list, const char *what)
{
	if (list->next == list && list->prev == list)
		return 0;
	return mismatch(what, (unsigned long long)(uintptr_t)list,
		(unsigned long long)(uintptr_t)list->next);
}

int rlf_layout_check_running(const struct thread_data *td)
{
	/* The one lies behind all that this engine uses, the other near the end. */
	int rc = check_list(&td->verify_list, "address of verify_list in struct thread_data");

	return rc ? rc : check_list(&td->trim_list, "address of trim_list in struct thread_data");
}

int rlf_layout_check_io_u(const struct io_u *io_u, unsigned int index)
{
	/* fio has just numbered it and emptied its list. */
	if (io_u->index != index)
		return mismatch("number of an io_u", index, io_u->index);
	return check_list(&io_u->verify_list, "address of verify_list in struct io_u");
}
