/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file system on which the n-th change fails, for tests of the store: SQLite's own, with every
 * write, sync, truncation, removal, growth of shared memory and making of a file counted.
 */
#ifndef RL_DATA_TESTS_FAULTY_VFS_H
#define RL_DATA_TESTS_FAULTY_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct faulty {
	long changes;  /* so far */
	long fail_at;  /* the first that fails, from 1; 0: none */
	bool for_good; /* all that follow fail too: a disk that stays full */
	int code;      /* SQLITE_FULL, SQLITE_IOERR_WRITE, ... */
	long failed;
};

static struct faulty faulty;
static sqlite3_vfs *real_vfs;

struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real;
};

/* Does this change fail? */
static inline bool faulty_now(void)
{
	bool fails;

	faulty.changes++;
	fails = faulty.fail_at && (faulty.for_good ? faulty.changes >= faulty.fail_at
						   : faulty.changes == faulty.fail_at);
	faulty.failed += fails;
	return fails;
}

#define REAL(f) (((struct faulty_file *)(f))->real)

static inline int faulty_close(sqlite3_file *f)
{
	int rc = REAL(f)->pMethods ? REAL(f)->pMethods->xClose(REAL(f)) : SQLITE_OK;

	free(REAL(f));
	return rc;
}

static inline int faulty_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

/* A write that fails may have written a part: half of it is. */
static inline int faulty_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (!faulty_now())
		return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
	if (n > 1)
		REAL(f)->pMethods->xWrite(REAL(f), p, n / 2, at);
	return faulty.code;
}

static inline int faulty_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return faulty_now() ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), size);
}

static inline int faulty_sync(sqlite3_file *f, int flags)
{
	return faulty_now() ? SQLITE_IOERR_FSYNC : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static inline int faulty_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), size);
}

static inline int faulty_lock(sqlite3_file *f, int kind)
{
	return REAL(f)->pMethods->xLock(REAL(f), kind);
}

static inline int faulty_unlock(sqlite3_file *f, int kind)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), kind);
}

static inline int faulty_reserved(sqlite3_file *f, int *out)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static inline int faulty_control(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static inline int faulty_sector(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static inline int faulty_traits(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static inline int faulty_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	if (extend && faulty_now())
		return SQLITE_IOERR_SHMSIZE;
	return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}

static inline int faulty_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}

static inline void faulty_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static inline int faulty_unmap(sqlite3_file *f, int delete_it)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), delete_it);
}

static inline int faulty_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	static const sqlite3_io_methods methods = {2, faulty_close, faulty_read, faulty_write,
		faulty_truncate, faulty_sync, faulty_size, faulty_lock, faulty_unlock,
		faulty_reserved, faulty_control, faulty_sector, faulty_traits, faulty_map,
		faulty_shm_lock, faulty_barrier, faulty_unmap, NULL, NULL};
	int rc, exists = 0;

	(void)vfs;
	f->pMethods = NULL;
	if (name)
		real_vfs->xAccess(real_vfs, name, SQLITE_ACCESS_EXISTS, &exists);
	if (!exists && (flags & SQLITE_OPEN_CREATE) && faulty_now())
		return SQLITE_CANTOPEN;
	REAL(f) = calloc(1, (size_t)real_vfs->szOsFile);
	if (!REAL(f))
		return SQLITE_NOMEM;
	rc = real_vfs->xOpen(real_vfs, name, REAL(f), flags, out);
	if (rc == SQLITE_OK)
		f->pMethods = &methods;
	else
		free(REAL(f));
	return rc;
}

static inline int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	return faulty_now() ? SQLITE_IOERR_DELETE : real_vfs->xDelete(real_vfs, name, sync);
}

/** faulty_install - every database that is opened from now on is on this file system. */
static inline void faulty_install(void)
{
	static sqlite3_vfs vfs;

	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "faulty";
	vfs.szOsFile = sizeof(struct faulty_file);
	vfs.xOpen = faulty_open;
	vfs.xDelete = faulty_delete;
	sqlite3_vfs_register(&vfs, 1);
}

#endif
