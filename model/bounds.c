/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much a scenario asks for; see the header. */
#include "model/bounds.h"

#include "core/blkif.h"
#include "core/ring.h"
#include "model/device.h"
#include "model/replay.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static double cost(const struct rl_scenario *s, enum rl_param p)
{
	return s->costs.v[p];
}

/* ---- an open loop's load ------------------------------------------------------------------- */

/* Work for an I/O, or for those of a second, in ns. */
struct work {
	double thread, guest, driver; /* thread: of the guest's, by who issues */
	double device[RL_DEVICE_PARTS_MAX];
};

static bool is_open(const struct rl_job *j)
{
	return j->offload && !j->replay &&
	       (j->rate_iops[0] || j->rate_iops[1] || j->rate_bytes_per_s[0] ||
		       j->rate_bytes_per_s[1]);
}

/* I/Os a second of a direction that a job offers. A mixed job's directions have a rate each. */
static double offered(const struct rl_job *j, enum rl_dir dir)
{
	if (!rl_job_does(j, dir))
		return 0;
	if (j->rate_iops[dir])
		return (double)j->rate_iops[dir];
	return (double)j->rate_bytes_per_s[dir] / rl_job_mean_bytes(j, dir);
}

/* The least that an I/O of the mean size takes; a share of a page is no whole one here, and what
 * grants and copies cost depends on too much. */
static struct work work_of(const struct rl_scenario *s, const struct rl_spec *device,
	const struct rl_job *j, enum rl_dir dir)
{
	double bytes = rl_job_mean_bytes(j, dir), pages = bytes / RL_PAGE_BYTES;
	struct work w = {0};

	w.thread = cost(s, RL_PARAM_fio_ns) + cost(s, RL_PARAM_submit_ns) +
		   pages * cost(s, RL_PARAM_page_ns) + cost(s, RL_PARAM_submit_return_ns) +
		   cost(s, RL_PARAM_reap_ns) + cost(s, RL_PARAM_front_request_ns) +
		   pages * cost(s, RL_PARAM_front_segment_ns);
	w.guest = w.thread + cost(s, RL_PARAM_front_response_ns) +
		  pages * cost(s, RL_PARAM_front_segment_ns);
	w.driver = cost(s, RL_PARAM_back_request_ns) + pages * cost(s, RL_PARAM_back_segment_ns);
	if (device->type->service)
		device->type->service(device, bytes, dir == RL_DIR_WRITE, w.device);
	return w;
}

static void add(struct work *to, const struct work *w, double per_s)
{
	to->guest += w->guest * per_s;
	to->driver += w->driver * per_s;
	for (int i = 0; i < RL_DEVICE_PARTS_MAX; i++)
		to->device[i] += w->device[i] * per_s;
}

static void most(double share, const char *name, double *load, const char **what)
{
	if (share <= *load)
		return;
	*load = share;
	if (what)
		*what = name;
}

double rl_bounds_load(const struct rl_scenario *s, const char **what)
{
	const double second = 1e9, guests = s->guest.count;
	struct work all = {0};
	struct rl_spec device;
	double load = 0;
	bool any = false;

	for (uint32_t i = 0; i < s->njobs; i++)
		any |= is_open(&s->jobs[i]);
	if (!any || rl_spec_read(&rl_device_set, s->disk.device, &device, NULL))
		return 0;
	for (uint32_t i = 0; i < s->njobs; i++) {
		const struct rl_job *j = &s->jobs[i];
		double thread = 0;

		for (int d = 0; is_open(j) && d < RL_DIRS; d++) {
			double per_s = offered(j, (enum rl_dir)d);
			struct work w = work_of(s, &device, j, (enum rl_dir)d);

			thread += w.thread * per_s;
			add(&all, &w, per_s * j->numjobs);
		}
		most(thread / second, "the job's thread", &load, what);
	}
	most(all.guest / second / s->guest.vcpus, "the guest's vCPUs", &load, what);
	most(all.driver * guests / second / ((double)s->driver.count * s->driver.vcpus),
		"the driver domains' vCPUs", &load, what);
	most((all.guest + all.driver) * guests / second / s->machine.pcpus, "the pCPUs", &load,
		what);
	for (int i = 0; i < RL_DEVICE_PARTS_MAX; i++)
		most(all.device[i] / second, "the device", &load, what);
	return load;
}

/* ---- ends ---------------------------------------------------------------------------------- */

static bool has_end(const struct rl_job *j)
{
	return j->runtime_ns || (!j->time_based && (j->size_bytes || j->io_size_bytes));
}

bool rl_bounds_sampled(const struct rl_scenario *s)
{
	return s->njobs == 1 && !s->job.replay && !s->job.startdelay_ns &&
	       rl_bounds_load(s, NULL) < 1;
}

static uint64_t least_bytes(const struct rl_job *j)
{
	uint64_t least = j->bs_bytes;

	for (int d = 0; d < RL_DIRS; d++)
		if (j->nsplit[d] && j->split[d][0].bytes < least)
			least = j->split[d][0].bytes;
	return least;
}

/* At most so many I/Os until the job ends by itself; infinite when no end is in sight. */
static double most_ios(const struct rl_scenario *s, const struct rl_job *j)
{
	uint64_t bytes = j->io_size_bytes ? j->io_size_bytes : j->size_bytes;
	double by_size = INFINITY, by_time = INFINITY, cpu_ns, disk_ns;
	double runtime_ns = (double)(j->runtime_ns + j->ramp_ns);

	if (j->replay)
		return (double)rl_replay_get(j->replay)->n;
	if (bytes && !j->time_based)
		by_size = (double)bytes / (double)least_bytes(j);
	cpu_ns = cost(s, RL_PARAM_fio_ns) + cost(s, RL_PARAM_submit_ns) + cost(s, RL_PARAM_reap_ns);
	disk_ns = cost(s, RL_PARAM_device_ns) / j->iodepth;
	if (j->runtime_ns)
		by_time = runtime_ns / fmax(cpu_ns, disk_ns);
	if (j->runtime_ns && is_open(j))
		by_time = fmin(by_time,
			runtime_ns / 1e9 * (offered(j, RL_DIR_READ) + offered(j, RL_DIR_WRITE)));
	return j->numjobs * fmin(by_size, by_time);
}

static int check_load(const struct rl_scenario *s, struct rl_err *err)
{
	const char *what = "";
	double load = rl_bounds_load(s, &what);

	for (uint32_t i = 0; load >= 1 && i < s->njobs; i++) {
		const struct rl_job *j = &s->jobs[i];

		if (is_open(j) && !has_end(j))
			return rl_err_set(err, -EINVAL, NULL, 0, 0,
				"job.%s out of range: %.3g times what %s can serve, and no end "
				"(expected a lower rate, or a runtime or size)",
				j->rate_iops[0] || j->rate_iops[1] ? "rate_iops" : "rate", load,
				what);
	}
	return 0;
}

static int check_ends(const struct rl_scenario *s, struct rl_err *err)
{
	double sum = 0, largest = -1;
	const struct rl_job *j = NULL;

	for (uint32_t i = 0; i < s->njobs; i++) {
		double ios = most_ios(s, &s->jobs[i]) * s->guest.count;

		sum += ios;
		if (ios > largest)
			j = &s->jobs[i];
		largest = fmax(ios, largest);
	}
	if (rl_bounds_sampled(s) || sum <= RL_MAX_ISSUED)
		return 0;
	return rl_err_set(err, -EINVAL, NULL, 0, 0,
		"job.%s out of range: the jobs issue more than 10^10 I/Os, or do not end "
		"(expected a smaller size or runtime)",
		j->runtime_ns && (j->time_based || !j->size_bytes) ? "runtime" : "size");
}

int rl_bounds_check(const struct rl_scenario *s, struct rl_err *err)
{
	uint64_t clones = 0, ios = 0;
	int rc;

	for (uint32_t i = 0; i < s->njobs; i++) {
		const struct rl_job *j = &s->jobs[i];

		clones += j->numjobs;
		ios += (uint64_t)s->guest.count * j->numjobs * j->iodepth;
	}
	if (clones > RL_MAX_CLONES)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"job.numjobs out of range (expected at most 1024, all jobs together)");
	if (ios > RL_MAX_IOS)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"job.iodepth out of range (expected at most 1048576, all jobs, their "
			"clones and all guests together)");
	rc = check_load(s, err);
	return rc ? rc : check_ends(s, err);
}
