/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far long work is; see the header. */
#include "cli/progress.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define SELDOM_S 0.1

static volatile sig_atomic_t asked;

static void ask(int signal)
{
	(void)signal;
	asked = 1;
}

void rl_progress_listen(void)
{
	struct sigaction action = {.sa_handler = ask, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
}

void rl_progress_begin(struct rl_progress *p, const char *doing, bool quiet)
{
	*p = (struct rl_progress){.doing = doing, .shown = !quiet && isatty(STDERR_FILENO)};
	clock_gettime(CLOCK_MONOTONIC, &p->begun);
}

static double seconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + 1e-9 * (double)(to->tv_nsec - from->tv_nsec);
}

void rl_progress_tell(struct rl_progress *p, double done, const char *detail, ...)
{
	struct timespec now;
	char left[32] = "", text[160];
	bool answer = asked;
	va_list args;

	if (!answer && done >= 1) {
		rl_progress_end(p);
		return;
	}
	if (!answer && !p->shown)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!answer && seconds(&p->last, &now) < SELDOM_S)
		return;
	p->last = now;
	asked = 0;
	va_start(args, detail);
	vsnprintf(text, sizeof(text), detail, args);
	va_end(args);
	if (done > 0 && done < 1)
		snprintf(left, sizeof(left), ", %.0f s left",
			seconds(&p->begun, &now) * (1 - done) / done);
	fprintf(stderr, "%s%s: %s%s%s%s", p->shown ? "\r" : "", p->doing, text, left,
		p->shown ? "\033[K" : "", answer ? "\n" : "");
}

void rl_progress_count(struct rl_progress *p, uint64_t done, uint64_t of)
{
	rl_progress_tell(p, of ? (double)done / (double)of : NAN, "%llu of %llu",
		(unsigned long long)done, (unsigned long long)of);
}

void rl_progress_end(const struct rl_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
}
