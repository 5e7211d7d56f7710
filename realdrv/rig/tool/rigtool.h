/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rigtool - the rig's one program inside the three domains: talks over xenstore, joins block
 * devices, reads CPU times. One static binary, because starting a process is what an emulated
 * domain is slowest at.
 *
 * A command's life, all nodes below rig/ in the home of the domain that executes it:
 *   cmd    "SEQ x SHELL-TEXT" or "SEQ p MODE CHUNKS PATH" (a file, its bytes in in/0..)   written
 * by dom0 reply  "SEQ STATUS CHUNKS", its output in out/0.. written by the agent window "SEQ
 * start|end\nBLOCK-STAT\nCPU-LINE"                                          written by the guest
 *   ack    "SEQ" of the window message that dom0 has taken its snapshot for               written
 * by dom0 Everybody blocks in a watch: between two messages no domain uses CPU on our behalf.
 */
#ifndef RL_RIGTOOL_H
#define RL_RIGTOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "wire.h"

enum rl_rig_exit {
	RL_RIG_OK = 0,
	RL_RIG_USAGE = 2,
	RL_RIG_TIMEOUT = 124,
	RL_RIG_DIED = 125,
	RL_RIG_BROKEN = 126,
};

/* Largest piece in one node: xenstore's message limit is 4096 with the path. */
#define RL_RIG_CHUNK_BYTES 3500

/**
 * rl_rig_write - write a string node; complains on stderr when xenstore refuses.
 * Returns: true when written.
 */
bool rl_rig_write(struct rl_xs *xs, const char *dir, const char *name, const char *value);

/**
 * rl_rig_read - read a node as a string.
 * Returns: the value, to be freed by the caller; NULL when there is none.
 */
char *rl_rig_read(struct rl_xs *xs, const char *dir, const char *name);

/**
 * rl_rig_wait - block until a watch fires.
 * @deadline_ns: on CLOCK_MONOTONIC; 0 = for ever.
 * Returns: the token, to be freed by the caller; NULL at the deadline.
 */
char *rl_rig_wait(struct rl_xs *xs, long long deadline_ns);

/** rl_rig_now_ns - CLOCK_MONOTONIC in ns. */
long long rl_rig_now_ns(void);

/**
 * rl_rig_send - cut a stream into nodes DIR/0, DIR/1, ...
 * Returns: the count of nodes, -1 when xenstore refuses.
 */
int rl_rig_send(struct rl_xs *xs, const char *dir, FILE *from);

/**
 * rl_rig_receive - put the nodes DIR/0.. together again and remove them.
 * Returns: true when all of them were there.
 */
bool rl_rig_receive(struct rl_xs *xs, const char *dir, int chunks, FILE *to);

/**
 * rl_rig_call - have a domain's agent execute a command.
 * @command:   "x SHELL-TEXT" or "p MODE CHUNKS PATH".
 * @output:    where the command's output goes; NULL to drop it.
 * @driver:    domain whose steal time belongs into a window, 0 for none.
 * @cpu_json:  file for the CPU times of fio's window; NULL when none is expected.
 * Returns: the command's exit status or one of enum rl_rig_exit.
 */
int rl_rig_call(unsigned int domid, int timeout_s, const char *command, FILE *output,
	unsigned int driver, const char *cpu_json);

/* Window of measurement, dom0's side: see window.c. */
struct rl_rig_window;
struct rl_rig_window *rl_rig_window_create(unsigned int guest, unsigned int driver);
void rl_rig_window_destroy(struct rl_rig_window *window);

/**
 * rl_rig_window_serve - take the snapshot that a window message asks for, then acknowledge it.
 * @path: the guest's rig directory.
 * Returns: false when the message is no window message.
 */
bool rl_rig_window_serve(
	struct rl_rig_window *window, struct rl_xs *xs, const char *path, const char *cpu_json);

/**
 * rl_rig_take - write all files that match into a stream.
 * @patterns: separated by blanks.
 * Returns: 0, or RL_RIG_BROKEN. A file that cannot be read is left out.
 */
int rl_rig_take(const char *patterns, FILE *to);

/** rl_rig_alive - true while the domain neither crashed, shut down, nor vanished. */
bool rl_rig_alive(unsigned int domid);

int rl_rig_cmd_agent(int argc, char **argv);
int rl_rig_cmd_window(int argc, char **argv);
int rl_rig_cmd_call(int argc, char **argv);
int rl_rig_cmd_push(int argc, char **argv);
int rl_rig_cmd_take(int argc, char **argv);
int rl_rig_cmd_ready(int argc, char **argv);
int rl_rig_cmd_attach(int argc, char **argv);
int rl_rig_cmd_detach(int argc, char **argv);

#endif
