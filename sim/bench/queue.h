/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both queues of sim/bench have in common. */
#ifndef RL_SIM_BENCH_QUEUE_H
#define RL_SIM_BENCH_QUEUE_H

/* Customers in a queue: at load 0.9 more than so many are there once in 10^187 times. */
#define RL_QUEUE_ROOM 4096u

#endif
