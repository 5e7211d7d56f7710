// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The window between fio's first and last I/O, as dom0 sees it: Xen's own account of each domain's
 * CPU time in ns (xl prints tenths of a second), the guest's disk counters, and the steal time that
 * each kernel counts (in ticks of 10 ms, all that /proc/stat has). The guest waits inside the
 * window's edges, so fio's start does not count.
 */
#include "rigtool.h"

#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>

enum { DOM0, DRIVER, GUEST, ROLES };
static const char *const role_names[ROLES] = {"dom0", "driver", "guest"};

/* Columns of /sys/block/DEV/stat that go home. */
static const struct {
	const char *name;
	int column;
} disk_columns[] = {
	{"reads", 0}, {"read_sectors", 2}, {"writes", 4}, {"write_sectors", 6}, {"flushes", 15}};

struct snapshot {
	long long time_ns, cpu_ns[ROLES], steal_ns[ROLES], disk[17];
};

struct rl_rig_window {
	xc_interface *xc;
	unsigned int domids[ROLES];
	struct snapshot start;
};

struct rl_rig_window *rl_rig_window_create(unsigned int guest, unsigned int driver)
{
	struct rl_rig_window *window = calloc(1, sizeof(*window));

	window->xc = xc_interface_open(NULL, NULL, 0);
	window->domids[DRIVER] = driver;
	window->domids[GUEST] = guest;
	return window;
}

void rl_rig_window_destroy(struct rl_rig_window *window)
{
	xc_interface_close(window->xc);
	free(window);
}

/* "cpu user nice system idle iowait irq softirq steal ..." in ticks of 10 ms. */
static long long steal_ns(const char *line)
{
	long long steal;

	if (sscanf(line, "cpu %*d %*d %*d %*d %*d %*d %*d %lld", &steal) != 1)
		return -1;
	return steal * 10000000;
}

static void read_cpu_times(struct rl_rig_window *window, struct snapshot *into)
{
	xc_domaininfo_t info[16];
	int count = xc_domain_getinfolist(window->xc, 0, 16, info);

	into->time_ns = rl_rig_now_ns();
	for (int role = 0; role < ROLES; role++) {
		into->cpu_ns[role] = -1;
		for (int i = 0; i < count; i++)
			if (info[i].domain == window->domids[role])
				into->cpu_ns[role] = info[i].cpu_time;
	}
}

static long long driver_steal_ns(struct rl_rig_window *window)
{
	char line[256] = "";
	FILE *out = tmpfile();

	if (!out)
		return -1;
	if (rl_rig_call(window->domids[DRIVER], 30, "x head -n1 /proc/stat", out, 0, NULL) == 0) {
		rewind(out);
		if (!fgets(line, sizeof(line), out))
			line[0] = 0;
	}
	fclose(out);
	return steal_ns(line);
}

static long long own_steal_ns(void)
{
	char line[256] = "";
	FILE *file = fopen("/proc/stat", "r");

	if (!file || !fgets(line, sizeof(line), file))
		line[0] = 0;
	if (file)
		fclose(file);
	return steal_ns(line);
}

/* The guest's part of the message: disk counters on the second line, CPU line on the third. */
static void parse_guest(const char *text, struct snapshot *into)
{
	const char *at = strchr(text, '\n');

	for (int i = 0; i < 17; i++)
		into->disk[i] = -1;
	into->steal_ns[GUEST] = -1;
	if (!at)
		return;
	for (int i = 0; i < 17; i++) {
		char *end;
		long long value = strtoll(at, &end, 10);

		if (end == at)
			break;
		into->disk[i] = value;
		at = end;
	}
	at = strstr(text, "cpu ");
	if (at)
		into->steal_ns[GUEST] = steal_ns(at);
}

/* A count that one of the two snapshots did not have is unknown: null, never 0. */
static void print_difference(FILE *to, const char *name, long long end, long long start)
{
	if (end < 0 || start < 0)
		fprintf(to, "\"%s\": null", name);
	else
		fprintf(to, "\"%s\": %lld", name, end - start);
}

static void print_json(FILE *to, const struct snapshot *start, const struct snapshot *end)
{
	fprintf(to, "{\"window_ns\": %lld,\n \"cpu_ns\": {", end->time_ns - start->time_ns);
	for (int role = 0; role < ROLES; role++) {
		fputs(role ? ", " : "", to);
		print_difference(to, role_names[role], end->cpu_ns[role], start->cpu_ns[role]);
	}
	fputs("},\n \"steal_ns\": {", to);
	for (int role = 0; role < ROLES; role++) {
		fputs(role ? ", " : "", to);
		print_difference(to, role_names[role], end->steal_ns[role], start->steal_ns[role]);
	}
	fputs("}, \"steal_resolution_ns\": 10000000,\n \"disk\": {", to);
	for (size_t i = 0; i < sizeof(disk_columns) / sizeof(disk_columns[0]); i++) {
		int column = disk_columns[i].column;

		fputs(i ? ", " : "", to);
		print_difference(to, disk_columns[i].name, end->disk[column], start->disk[column]);
	}
	fputs("}}\n", to);
}

static void acknowledge(struct rl_xs *xs, const char *path, const char *message)
{
	char id[16];

	snprintf(id, sizeof(id), "%d", atoi(message));
	rl_rig_write(xs, path, "ack", id);
}

static void close_window(struct rl_rig_window *window, const struct snapshot *end, const char *path)
{
	FILE *to = fopen(path, "w");

	if (!to) {
		fprintf(stderr, "rigtool: %s: %m\n", path);
		return;
	}
	print_json(to, &window->start, end);
	fclose(to);
}

bool rl_rig_window_serve(
	struct rl_rig_window *window, struct rl_xs *xs, const char *path, const char *cpu_json)
{
	char *message = rl_rig_read(xs, path, "window");
	struct snapshot now = {0};
	bool start, end;

	if (!window || !message) {
		free(message);
		return false;
	}
	start = strstr(message, " start\n") != NULL;
	end = strstr(message, " end\n") != NULL;
	if (start || end)
		parse_guest(message, &now);
	if (start) { /* all that costs CPU comes before the snapshot */
		now.steal_ns[DRIVER] = driver_steal_ns(window);
		now.steal_ns[DOM0] = own_steal_ns();
		read_cpu_times(window, &now);
		window->start = now;
		acknowledge(xs, path, message);
	} else if (end) { /* and here after it */
		read_cpu_times(window, &now);
		now.steal_ns[DOM0] = own_steal_ns();
		now.steal_ns[DRIVER] = driver_steal_ns(window);
		close_window(window, &now, cpu_json);
		acknowledge(xs, path, message);
	}
	free(message);
	return start || end;
}
