/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeline as JSON, event by event; see the header. */
#include "data/format/timeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PS_PER_US (1000 * RL_PS_PER_NS)

struct rl_timeline_file {
	FILE *to;
	char *path, *part;
	int failed; /* the errno of the first write that was not done */
	bool any;
};

static const struct {
	char ph;
	const char *cat;
} kind[RL_TIMELINE_KINDS] = {
	[RL_TIMELINE_GROUP] = {'M', ""},
	[RL_TIMELINE_TRACK] = {'M', ""},
	[RL_TIMELINE_BEGIN] = {'B', "cpu"},
	[RL_TIMELINE_END] = {'E', "cpu"},
	[RL_TIMELINE_FLOW_BEGIN] = {'s', "evtchn"},
	[RL_TIMELINE_FLOW_END] = {'f', "evtchn"},
	[RL_TIMELINE_ASYNC_BEGIN] = {'b', "io"},
	[RL_TIMELINE_ASYNC_END] = {'e', "io"},
	[RL_TIMELINE_COUNTER] = {'C', "ring"},
};

/* ---- lines --------------------------------------------------------------------------------- */

/* What an event does not say of itself costs nothing to leave out. */
static void put(struct rl_timeline_file *f, const char *text)
{
	if (fputs(text, f->to) == EOF && !f->failed)
		f->failed = errno;
}

static void put_text(struct rl_timeline_file *f, const char *text)
{
	char piece[8];

	put(f, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ')
			snprintf(piece, sizeof(piece), "\\u%04x", c);
		else
			snprintf(piece, sizeof(piece), c == '"' || c == '\\' ? "\\%c" : "%c", c);
		put(f, piece);
	}
	put(f, "\"");
}

static void put_args(struct rl_timeline_file *f, const struct rl_timeline_event *e)
{
	char number[24];

	put(f, ",\"args\":{");
	for (uint32_t i = 0; i < e->nargs; i++) {
		const struct rl_timeline_arg *a = &e->arg[i];

		put(f, i ? "," : "");
		put_text(f, a->key);
		put(f, ":");
		if (a->text) {
			put_text(f, a->text);
		} else {
			snprintf(number, sizeof(number), "%llu", (unsigned long long)a->number);
			put(f, number);
		}
	}
	put(f, "}");
}

/* The begin of an event's line. What is of a group as a whole has no thread: 0 would be one. */
static void put_head(struct rl_timeline_file *f, const struct rl_timeline_event *e, bool first)
{
	char line[96];

	snprintf(line, sizeof(line), "%s\n{\"ph\":\"%c\",\"pid\":%u", first ? "" : ",",
		kind[e->kind].ph, e->group);
	put(f, line);
	if (e->track) {
		snprintf(line, sizeof(line), ",\"tid\":%u", e->track);
		put(f, line);
	}
}

/* The two events that say how a group or a track is called and in what order it stands. */
static void put_name(struct rl_timeline_file *f, const struct rl_timeline_event *e)
{
	const char *of = e->track ? "thread" : "process";
	char line[96];

	put_head(f, e, !f->any);
	snprintf(line, sizeof(line), ",\"name\":\"%s_name\",\"args\":{\"name\":", of);
	put(f, line);
	put_text(f, e->name);
	put(f, "}}");
	put_head(f, e, false);
	snprintf(line, sizeof(line), ",\"name\":\"%s_sort_index\",\"args\":{\"sort_index\":%u}}",
		of, e->track ? e->track : e->group);
	put(f, line);
}

static void put_event(struct rl_timeline_file *f, const struct rl_timeline_event *e)
{
	bool flow = e->kind == RL_TIMELINE_FLOW_BEGIN || e->kind == RL_TIMELINE_FLOW_END;
	bool async = e->kind == RL_TIMELINE_ASYNC_BEGIN || e->kind == RL_TIMELINE_ASYNC_END;
	char line[96];

	put_head(f, e, !f->any);
	snprintf(line, sizeof(line), ",\"ts\":%llu.%06llu", (unsigned long long)(e->at / PS_PER_US),
		(unsigned long long)(e->at % PS_PER_US));
	put(f, line);
	if (e->kind != RL_TIMELINE_END) {
		snprintf(line, sizeof(line), ",\"cat\":\"%s\",\"name\":", kind[e->kind].cat);
		put(f, line);
		put_text(f, e->name);
	}
	if (flow || async) {
		snprintf(line, sizeof(line), ",\"id\":%llu", (unsigned long long)e->id);
		put(f, line);
	}
	if (e->kind == RL_TIMELINE_FLOW_END)
		put(f, ",\"bp\":\"e\"");
	if (e->nargs)
		put_args(f, e);
	put(f, "}");
}

void rl_timeline_file_emit(void *arg, const struct rl_timeline_event *e)
{
	struct rl_timeline_file *f = arg;

	if (f->failed)
		return;
	if (e->kind == RL_TIMELINE_GROUP || e->kind == RL_TIMELINE_TRACK)
		put_name(f, e);
	else
		put_event(f, e);
	f->any = true;
}

/* ---- the file ------------------------------------------------------------------------------ */

void rl_timeline_file_drop(struct rl_timeline_file *f)
{
	if (!f)
		return;
	if (f->to) {
		fclose(f->to);
		unlink(f->part);
	}
	free(f->path);
	free(f->part);
	free(f);
}

static int cannot(struct rl_err *err, const char *path, int error)
{
	return rl_err_set(err, -error, path, 0, 0, "cannot write: %s", strerror(error));
}

int rl_timeline_file_create(const char *path, struct rl_timeline_file **out, struct rl_err *err)
{
	struct rl_timeline_file *f;
	struct stat st;
	int error;

	if (!*path)
		return cannot(err, "", ENOENT);
	/* What is there is replaced: a device or a folder must not be. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return rl_err_set(
			err, -EINVAL, path, 0, 0, "cannot write: not a file (expected a file)");
	f = calloc(1, sizeof(*f));
	if (f)
		f->path = strdup(path);
	if (!f || !f->path || asprintf(&f->part, "%s.part", path) < 0) {
		if (f)
			free(f->path);
		free(f);
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	f->to = fopen(f->part, "we");
	if (!f->to) {
		error = errno;
		rl_timeline_file_drop(f);
		return cannot(err, path, error);
	}
	put(f, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
	*out = f;
	return 0;
}

static int put_end(struct rl_timeline_file *f, const json_t *other)
{
	put(f, "\n]");
	if (other) {
		put(f, ",\"otherData\":");
		if (json_dumpf(other, f->to, JSON_COMPACT) && !f->failed)
			f->failed = errno ? errno : EIO;
	}
	put(f, "}\n");
	if (fflush(f->to) && !f->failed)
		f->failed = errno;
	return f->failed;
}

int rl_timeline_file_finish(struct rl_timeline_file *f, const json_t *other, struct rl_err *err)
{
	int error = put_end(f, other), rc = 0;

	if (fclose(f->to) && !error)
		error = errno;
	f->to = NULL;
	if (!error && rename(f->part, f->path))
		error = errno;
	if (error) {
		rc = cannot(err, f->path, error);
		unlink(f->part);
	}
	rl_timeline_file_drop(f);
	return rc;
}
