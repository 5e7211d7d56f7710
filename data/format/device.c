/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking the text of a device; see the header. */
#include "data/format/device.h"

#include <errno.h>
#include <string.h>

#include "data/format/points.h"
#include "data/format/text.h"
#include "model/device.h"
#include "model/scenario.h"

/* What may have been meant by a name that does not exist: of a device, or of an option of one. */
static const char *near_device(
	const struct rl_spec_err *why, const char *given, char *hint, size_t size)
{
	const struct rl_spec_set *set = &rl_device_set;
	struct rl_suggest s;

	if (!why->unknown)
		return "";
	rl_suggest_init(&s, given + why->at, strcspn(given + why->at, ":=,"));
	for (uint32_t i = 0; !why->type && set->at(i); i++)
		rl_suggest_offer(&s, set->at(i)->name);
	for (uint32_t i = 0; why->type && i < why->type->nopts; i++)
		rl_suggest_offer(&s, why->type->opts[i].name);
	for (uint32_t i = 0; why->type && i < set->nshared; i++)
		rl_suggest_offer(&s, set->shared[i].name);
	return rl_suggest_text(&s, hint, size);
}

int rl_device_text(char *to, size_t size, const char *path, const char *value, const char *file,
	int line, int col, struct rl_err *err)
{
	struct rl_spec_err why = {.what = "too long"};
	char hint[80], whole[RL_DEVICE_SPEC_BYTES];
	struct rl_err points = {0};
	struct rl_spec spec;

	if (rl_points_expand(value, file, whole, sizeof(whole), &points)) {
		bool inside = *points.file;

		return rl_err_set(err, -EINVAL, inside ? points.file : file,
			inside ? points.line : line, inside ? points.col : col, "%s: %s", path,
			points.what);
	}
	if (strlen(whole) < size && rl_spec_read(&rl_device_set, whole, &spec, &why) == 0) {
		strcpy(to, whole);
		return 0;
	}
	if (why.at > strlen(value)) /* behind a histogram that was written out */
		why.at = 0;
	return rl_err_set(err, -EINVAL, file, line, col + (col ? (int)why.at : 0),
		"%s: '%.100s': %s (`ringlab list devices` shows them%s)", path, value, why.what,
		near_device(&why, whole, hint, sizeof(hint)));
}
