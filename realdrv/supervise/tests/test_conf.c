/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor's configuration: what is read, and what is refused with which place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "supervise/supervise.h"

static bool read_bytes(
	struct rl_supervise_conf *conf, const char *text, size_t bytes, char **complaint)
{
	FILE *from = fmemopen((char *)text, bytes, "r");
	size_t n;
	FILE *to = open_memstream(complaint, &n);
	bool good = rl_supervise_conf_read(conf, from, "c", to);

	fclose(from);
	fclose(to);
	return good;
}

static void refuses(const char *text, const char *expected)
{
	struct rl_supervise_conf conf;
	char *complaint;

	assert_false(read_bytes(&conf, text, strlen(text), &complaint));
	if (!strstr(complaint, expected))
		print_error("got: %s", complaint);
	assert_non_null(strstr(complaint, expected));
	assert_ptr_equal(strchr(complaint, '\n'), complaint + strlen(complaint) - 1);
	rl_supervise_conf_free(&conf);
	free(complaint);
}

static void all_words_are_read(void **state)
{
	static const char text[] =
		"# the disks' domain\n"
		"domain driver # no comment may follow a command, here it is none\n";
	static const char whole[] = "# the disks' domain\n\n"
				    "domain\tdriver\n"
				    "  standby driver-b driver-c\n"
				    "  standby driver-d\n"
				    "  start xl create -q /etc/xen/d.cfg # sh's comment  \n"
				    "  prepare true\n"
				    "  pci 0000:00:04.0 0000:0a:1f.7\n"
				    "  wait 7\n"
				    "domain other\r\n"
				    "  destroy xl destroy -f $RL_DOMID\n"
				    "  start false";
	struct rl_supervise_conf conf;
	char *complaint;

	(void)state;
	refuses(text, "c:2:8: error: domain without one name");
	assert_true(read_bytes(&conf, whole, sizeof(whole) - 1, &complaint));
	assert_string_equal(complaint, "");
	assert_int_equal(conf.domains, 2);
	assert_string_equal(conf.domain[0].name, "driver");
	assert_int_equal(conf.domain[0].standbys, 3);
	assert_string_equal(conf.domain[0].standby[2], "driver-d");
	assert_string_equal(conf.domain[0].start, "xl create -q /etc/xen/d.cfg # sh's comment");
	assert_string_equal(conf.domain[0].prepare, "true");
	assert_string_equal(conf.domain[0].destroy, "xl destroy \"$RL_DOMID\"");
	assert_int_equal(conf.domain[0].pcis, 2);
	assert_string_equal(conf.domain[0].pci[1], "0000:0a:1f.7");
	assert_int_equal(conf.domain[0].wait_s, 7);
	assert_string_equal(conf.domain[1].name, "other");
	assert_string_equal(conf.domain[1].destroy, "xl destroy -f $RL_DOMID");
	assert_string_equal(conf.domain[1].start, "false");
	assert_null(conf.domain[1].prepare);
	assert_int_equal(conf.domain[1].wait_s, 30);
	rl_supervise_conf_free(&conf);
	free(complaint);
}

static void mistakes_have_a_place(void **state)
{
	(void)state;
	refuses("\n", "c:1:1: error: no domain");
	refuses("# nothing\n", "error: no domain (expected domain NAME)");
	refuses("standby a\n", "c:1:1: error: 'standby' before any domain");
	refuses("domain\n", "error: domain without one name");
	refuses("domain a b\n", "c:1:8: error: domain without one name");
	refuses("domain a/b\n", "c:1:8: error: bad name 'a/b'");
	refuses("domain \"a\"\n", "bad name");
	refuses("domain a\n\n  stanby b\n", "c:3:3: error: unknown word 'stanby'");
	refuses("domain a\n",
		"c:1:1: error: nobody replaces domain 'a' (expected standby or start)");
	refuses("domain a\n standby b\ndomain c\n wait 3\n", "c:3:1: error: nobody replaces");
	refuses("domain a\n standby b a\n", "c:2:12: error: domain 'a' stands twice");
	refuses("domain a\n standby b\ndomain b\n", "c:3:8: error: domain 'b' stands twice");
	refuses("domain a\n standby\n", "c:2:1: error: no name");
	refuses("domain a\n start   \n", "c:2:1: error: no command");
	refuses("domain a\n start x\n start y\n", "c:3:2: error: start stands twice");
	refuses("domain a\n pci 00:04.0\n", "c:2:6: error: bad PCI function '00:04.0'");
	refuses("domain a\n pci 0000:00:04.0x\n", "bad PCI function");
	refuses("domain a\n pci ../../:00.0\n", "bad PCI function");
}

static void numbers_and_counts_have_bounds(void **state)
{
	static const char zero[] = "domain a\n start x\0y\n";
	struct rl_supervise_conf conf;
	char *complaint, name[80] = "domain ";

	(void)state;
	refuses("domain a\n wait 0\n", "c:2:7: error: bad wait");
	refuses("domain a\n wait -1\n", "bad wait");
	refuses("domain a\n wait 3601\n", "bad wait");
	refuses("domain a\n wait 99999999999999999999\n", "bad wait");
	refuses("domain a\n wait 1s\n", "bad wait");
	refuses("domain a\n wait 1 2\n", "bad wait");
	refuses("domain a\n wait\n", "bad wait");
	refuses("domain a\n wait 1\n wait 2\n", "c:3:2: error: wait stands twice");
	refuses("domain a\n standby b c d e f g h i j\n", "too many standbys (expected at most 8)");
	refuses("domain a\ndomain b\ndomain c\ndomain d\ndomain e\ndomain f\ndomain g\ndomain h\n"
		"domain i\n",
		"c:9:8: error: too many domains (expected at most 8)");
	memset(name + 7, 'x', 64);
	strcpy(name + 71, "\n");
	refuses(name, "bad name");
	assert_false(read_bytes(&conf, zero, sizeof(zero) - 1, &complaint));
	assert_non_null(strstr(complaint, "c:2:9: error: a zero byte"));
	rl_supervise_conf_free(&conf);
	free(complaint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_words_are_read),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(numbers_and_counts_have_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
