/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads where there are none (WebAssembly without shared memory): one cannot be made, so who asks
 * for several does all the work itself, and a lock is always free. The simulator's results do
 * not depend on how many threads there are.
 */
#ifndef RL_EXPLORE_PTHREAD_H
#define RL_EXPLORE_PTHREAD_H

#include <errno.h>

typedef int pthread_t;
typedef int pthread_mutex_t;

#define PTHREAD_MUTEX_INITIALIZER 0

static inline int pthread_create(pthread_t *id, const void *attr, void *(*start)(void *), void *arg)
{
	(void)id;
	(void)attr;
	(void)start;
	(void)arg;
	return EAGAIN;
}

static inline int pthread_join(pthread_t id, void **value)
{
	(void)id;
	(void)value;
	return ESRCH;
}

static inline int pthread_mutex_init(pthread_mutex_t *m, const void *attr)
{
	(void)attr;
	*m = 0;
	return 0;
}

static inline int pthread_mutex_destroy(pthread_mutex_t *m)
{
	(void)m;
	return 0;
}

static inline int pthread_mutex_lock(pthread_mutex_t *m)
{
	(void)m;
	return 0;
}

static inline int pthread_mutex_unlock(pthread_mutex_t *m)
{
	(void)m;
	return 0;
}

#endif
