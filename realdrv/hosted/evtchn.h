/* SPDX-License-Identifier: MIT */
/*
 * An event channel of the hosted pair: an eventfd. Sending is a system call and a wake-up by
 * this machine's kernel; what it costs is eventfd's cost, not Xen's.
 *
 * The peer holds the same descriptor and need not be honest: it may fill the counter so that a
 * write would block. A sender that finds it full has nothing to add: the event is pending.
 */
#ifndef RL_HOSTED_EVTCHN_H
#define RL_HOSTED_EVTCHN_H

#include "core/types.h"

#include <unistd.h>

/** rl_evtchn_send - make the event pending and wake who waits for it. */
static inline void rl_evtchn_send(int fd)
{
	rl_u64 one = 1;

	(void)!write(fd, &one, sizeof(one));
}

/** rl_evtchn_wait - block until the event is pending, and clear it. */
static inline void rl_evtchn_wait(int fd)
{
	rl_u64 count;

	(void)!read(fd, &count, sizeof(count));
}

#endif
