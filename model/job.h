/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A job of fio as far as the model has it: who issues which I/O when. A job file becomes up to
 * RL_JOBS of these; data/ reads them, sim/workload runs them.
 */
#ifndef RL_MODEL_JOB_H
#define RL_MODEL_JOB_H

#include "model/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define RL_NAME_BYTES 32
#define RL_PATH_BYTES 256
#define RL_JOBS	      16 /* sections of a job file */
#define RL_SPLITS     16 /* block sizes of a bssplit */
#define RL_JOB_DEPTH  65536
#define RL_JOB_CLONES 1024 /* numjobs */

enum rl_rw { RL_RW_READ, RL_RW_WRITE, RL_RW_RANDREAD, RL_RW_RANDWRITE, RL_RW_RW, RL_RW_RANDRW };

enum rl_dir { RL_DIR_READ, RL_DIR_WRITE, RL_DIRS };

/* Where random I/O goes: uniformly, or to hot places. */
enum rl_spread { RL_SPREAD_RANDOM, RL_SPREAD_ZIPF, RL_SPREAD_PARETO, RL_SPREAD_NORMAL };

struct rl_job_split {
	uint32_t bytes, percent;
};

/* What the model takes from a fio job, under fio's names; times in ns. */
struct rl_job {
	char name[RL_NAME_BYTES];
	enum rl_rw rw;
	uint32_t rwmixread; /* percent, for mixed rw */
	uint64_t bs_bytes;  /* unless split */
	uint32_t iodepth;
	uint32_t numjobs;
	uint64_t size_bytes, io_size_bytes; /* 0: not given */
	uint64_t runtime_ns, ramp_ns;
	bool time_based;
	uint64_t thinktime_ns;
	uint64_t seed; /* randseed, 0: not given */

	struct rl_job_split split[RL_DIRS][RL_SPLITS]; /* ascending sizes, together 100 percent */
	uint32_t nsplit[RL_DIRS];		       /* 0: bs_bytes always */
	uint32_t batch;				       /* I/Os an io_submit */
	uint32_t complete_min, complete_max;	       /* I/Os an io_getevents; max 0: as min */
	bool offload;				       /* issues when due, whatever is in flight */
	uint64_t rate_bytes_per_s[RL_DIRS];	       /* 0: as fast as it can */
	uint64_t rate_iops[RL_DIRS];
	bool poisson;		      /* exponential gaps between I/Os of a rate; else equal ones */
	uint64_t thinktime_spin_ns;   /* of thinktime: on the CPU */
	uint64_t thinktime_iotime_ns; /* think after issuing for so long */
	uint32_t thinktime_blocks;    /* think after so many I/Os; 0: 1, or never with iotime */
	bool thinktime_issue;	      /* count issued ones, not completed ones */
	uint64_t offset_bytes, offset_increment_bytes;
	uint64_t startdelay_ns;
	enum rl_spread spread;
	double spread_arg;	   /* theta, power, or deviation in percent */
	bool stonewall;		   /* starts when all before it have ended */
	uint32_t fsync, fdatasync; /* after so many writes; 0: never */
	bool end_fsync;		   /* once more at its end */
	char read_iolog[RL_PATH_BYTES];
	uint32_t replay; /* of rl_replay_get(); 0: none */
	bool replay_no_stall;
	uint32_t replay_time_scale; /* percent */
};

/** rl_job_default - the job that fio assumes when nothing is said: read, 4k, depth 1. */
void rl_job_default(struct rl_job *job);

/**
 * rl_job_check - ranges, and what excludes each other.
 * @err: out; names the option as "job.NAME".
 * Returns: 0; -EINVAL.
 */
int rl_job_check(const struct rl_job *j, struct rl_err *err);

/** rl_job_mean_bytes - mean size of an I/O of a direction. */
double rl_job_mean_bytes(const struct rl_job *j, enum rl_dir dir);

/** rl_job_syncs - does it ever call fsync or fdatasync? Who only reads does not. */
bool rl_job_syncs(const struct rl_job *j);

/** rl_job_does - does the job issue I/O of this direction? A replay: of both. */
bool rl_job_does(const struct rl_job *j, enum rl_dir dir);

#endif
