/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands that the supervisor runs beside its loop, and the reset of a PCI function.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "supervise/supervise.h"

static const char *const environment[] = {"RL_DOMID=7", "RL_DOMAIN=driver", NULL};

static void await_end(struct rl_supervise_command *command)
{
	struct pollfd fd = {.fd = command->fd, .events = POLLIN};

	assert_int_equal(poll(&fd, 1, -1), 1);
}

static bool succeeds(const char *text)
{
	struct rl_supervise_command command = {0};
	bool good;

	assert_true(rl_supervise_command_start(&command, text, environment));
	assert_true(command.pid > 0);
	await_end(&command);
	good = rl_supervise_command_end(&command);
	assert_int_equal(command.pid, 0);
	return good;
}

static void a_command_ends_well_or_not(void **state)
{
	(void)state;
	assert_true(succeeds("true"));
	assert_false(succeeds("exit 3"));
	assert_false(succeeds("kill -9 $$"));
	assert_false(succeeds("/does/not/exist 2> /dev/null"));
}

static void it_knows_the_domain(void **state)
{
	(void)state;
	assert_true(succeeds("[ \"$RL_DOMID\" = 7 ] && [ \"$RL_DOMAIN\" = driver ]"));
	assert_null(getenv("RL_DOMID"));
}

/* The pipe's last writer is the command's grandchild. */
static void a_stopped_command_leaves_nobody_behind(void **state)
{
	struct rl_supervise_command command = {0};
	char text[64], byte;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(text, sizeof(text), "sleep 1000 & echo >&%d; wait", ends[1]);
	assert_true(rl_supervise_command_start(&command, text, environment));
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	rl_supervise_command_stop(&command);
	assert_int_equal(command.pid, 0);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	rl_supervise_command_stop(&command); /* none runs: nothing happens */
}

static void a_function_is_reset(void **state)
{
	char root[] = "/tmp/rl-supervise.XXXXXX", path[128], byte = 0;
	static const char *const parts[] = {
		"/bus", "/bus/pci", "/bus/pci/devices", "/bus/pci/devices/0000:00:04.0"};
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", root, parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	assert_false(rl_supervise_reset(root, "0000:00:04.0"));
	assert_int_equal(errno, ENOENT);
	snprintf(path, sizeof(path), "%s%s/reset", root, parts[3]);
	fclose(fopen(path, "w"));
	assert_true(rl_supervise_reset(root, "0000:00:04.0"));
	file = fopen(path, "r");
	assert_int_equal(fread(&byte, 1, 1, file), 1);
	fclose(file);
	assert_int_equal(byte, '1');
	unlink(path);
	for (size_t i = sizeof(parts) / sizeof(parts[0]); i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", root, parts[i]);
		rmdir(path);
	}
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_ends_well_or_not),
		cmocka_unit_test(it_knows_the_domain),
		cmocka_unit_test(a_stopped_command_leaves_nobody_behind),
		cmocka_unit_test(a_function_is_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
