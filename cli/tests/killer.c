/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into the real program, which changes a database file or hands it to the disk now and
 * then. At the $RL_KILL_AT-th time it is killed, a write being half done. Or it goes on, and at
 * each time $RL_KEEP/NUMBER gets the files that a kill there would leave behind: what the kernel
 * has of them, with half of the write. (To open the files again gives SQLite's locks away: nobody
 * else may use the database then.)
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long changes;

#define REAL(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

static void copy(const char *from, const char *dir, const char *suffix)
{
	char path[2 * PATH_MAX], buf[4096];
	int in, out;
	ssize_t n;

	snprintf(path, sizeof(path), "%s%s", from, suffix);
	in = open(path, O_RDONLY);
	if (in < 0)
		return; /* not there: it is not there after a kill */
	snprintf(path, sizeof(path), "%s/t.db%s", dir, suffix);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			abort();
	close(in);
	close(out);
}

/* The file of a database, its log or its journal: @base is without the suffix. */
static int is_database(int fd, char base[PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, base, PATH_MAX - 1);
	base[n > 0 ? n : 0] = '\0';
	if (!strstr(base, ".db"))
		return 0;
	strstr(base, ".db")[3] = '\0';
	return 1;
}

/* A change of @fd is due; of a write, half of it. */
static void change(int fd, const void *bytes, size_t size, off_t at)
{
	const char *kill_at = getenv("RL_KILL_AT"), *keep = getenv("RL_KEEP");
	char base[PATH_MAX], dir[PATH_MAX];

	if (!is_database(fd, base))
		return;
	changes++;
	if (bytes && (keep || (kill_at && changes == atol(kill_at))) &&
		REAL(pwrite64, fd, bytes, size / 2, at) < 0)
		abort();
	if (kill_at && changes == atol(kill_at))
		raise(SIGKILL);
	if (!keep)
		return;
	snprintf(dir, sizeof(dir), "%s/%ld", keep, changes);
	mkdir(dir, 0700);
	copy(base, dir, "");
	copy(base, dir, "-wal");
	copy(base, dir, "-journal");
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	change(fd, bytes, size, at);
	return REAL(pwrite, fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at)
{
	change(fd, bytes, size, at);
	return REAL(pwrite64, fd, bytes, size, at);
}

int fsync(int fd)
{
	change(fd, NULL, 0, 0);
	return REAL(fsync, fd);
}

int fdatasync(int fd)
{
	change(fd, NULL, 0, 0);
	return REAL(fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	change(fd, NULL, 0, 0);
	return REAL(ftruncate, fd, size);
}

int ftruncate64(int fd, off_t size)
{
	change(fd, NULL, 0, 0);
	return REAL(ftruncate64, fd, size);
}
