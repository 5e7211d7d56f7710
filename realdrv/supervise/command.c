// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Commands run beside the loop: while one domain is started another one may die.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

bool rl_supervise_command_start(
	struct rl_supervise_command *command, const char *text, const char *const *environment)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		return false;
	if (pid == 0) {
		setpgid(0, 0); /* so that it can be ended with what it has started */
		for (; *environment; environment++)
			putenv((char *)*environment);
		execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(127);
	}
	setpgid(pid, pid); /* whoever of the two comes first */
	fd = syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0) {
		int error = errno;

		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
		errno = error;
		return false;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	*command = (struct rl_supervise_command){.pid = pid, .fd = fd};
	return true;
}

bool rl_supervise_command_end(struct rl_supervise_command *command)
{
	int status = -1;
	pid_t pid;

	do
		pid = waitpid(command->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	close(command->fd);
	command->pid = 0;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void rl_supervise_command_stop(struct rl_supervise_command *command)
{
	if (!command->pid)
		return;
	kill(-command->pid, SIGKILL);
	rl_supervise_command_end(command);
}

bool rl_supervise_reset(const char *root, const char *function)
{
	char path[256];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "%s/bus/pci/devices/%s/reset", root, function);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, "1", 1) == 1;
	close(fd);
	return done;
}
