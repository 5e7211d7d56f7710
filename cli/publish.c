/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See publish.h. */
#include "cli/publish.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rl_publish_file(const char *path, int (*write)(void *arg, FILE *out, struct rl_err *err),
	void *arg, struct rl_err *err)
{
	char part[1200];
	struct stat there;
	FILE *out;
	int rc;

	if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
		return rl_err_set(err, -EINVAL, path, 0, 0, "cannot write: not a file");
	snprintf(part, sizeof(part), "%s.part", path);
	out = fopen(part, "we");
	if (!out)
		return rl_err_set(err, -errno, path, 0, 0, "cannot write: %s", strerror(errno));
	rc = write(arg, out, err);
	if (!rc && (fflush(out) || ferror(out)))
		rc = rl_err_set(err, -EIO, path, 0, 0, "cannot write: %s", strerror(errno));
	if (fclose(out) && !rc)
		rc = rl_err_set(err, -EIO, path, 0, 0, "cannot write: %s", strerror(errno));
	if (!rc && rename(part, path))
		rc = rl_err_set(err, -errno, path, 0, 0, "cannot write: %s", strerror(errno));
	if (rc)
		unlink(part);
	return rc;
}

int rl_publish_open(
	const char *wanted, char temp[RL_PUBLISH_TEMP], const char **dir, struct rl_err *err)
{
	snprintf(temp, RL_PUBLISH_TEMP, "/tmp/ringlab.XXXXXX");
	if (wanted && mkdir(wanted, 0777) && errno != EEXIST)
		return rl_err_set(err, -errno, wanted, 0, 0, "cannot make: %s", strerror(errno));
	*dir = wanted ? wanted : mkdtemp(temp);
	if (!*dir)
		return rl_err_set(err, -errno, temp, 0, 0, "cannot make: %s", strerror(errno));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void rl_publish_close(const char *wanted, const char *dir)
{
	if (!wanted)
		nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
