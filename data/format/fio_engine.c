/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of fio's engines does as the model does, and which are fio's at all. */
#include "data/format/fio_job.h"
#include "data/format/fio_other.h"

#include <errno.h>
#include <string.h>

/* fio's own: `fio --enghelp`. */
static const char engines[] =
	"cpuio mmap sync psync vsync pvsync pvsync2 null net netsplice ftruncate filecreate "
	"filestat filedelete exec posixaio falloc e4defrag splice gfapi gfapi_async mtd sg "
	"io_uring io_uring_cmd nbd libaio rdma rados rbd pmemblk dev-dax libpmem windowsaio "
	"solarisaio libzbc libhdfs http librpma_apm_client librpma_gpspm_client libblkio dfs nfs";

int rl_fio_engine(const char *value, const struct rl_fio_place *at, struct rl_err *err)
{
	/* One from outside of fio is the hosted pair's, which does as libaio does. */
	if (strcmp(value, "libaio") == 0 || strcmp(value, "io_uring") == 0 ||
		strncmp(value, "external:", 9) == 0)
		return 0;
	if (!rl_fio_word(engines, value, strlen(value)))
		return rl_err_set(err, -EINVAL, at->file, at->line, at->value_col,
			"ioengine=%s (expected one of `fio --enghelp`, such as libaio)", value);
	rl_warn(at->warn, at->arg, at->file, at->line, at->col,
		"ioengine=%s is ignored: the model keeps iodepth requests in flight, as libaio "
		"does",
		value);
	return 0;
}
