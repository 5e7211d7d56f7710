/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Polling without simulating the polls. A stretch on the CPU is a row of looks with
 * growing pauses between them:
 *
 *	from   look   pause gap   look   pause gap*g   look ...
 *
 * A look takes look_ps and sees what was visible when it ends. A pause is what offering
 * the pCPU takes. Gaps stop growing at gap_max_ps and never pass the deadline: the carrier
 * looks once more when it comes. Who watches the line looks once, and once more when it
 * was written.
 */
#include "sim/xen/xen.h"

static rl_ps grown(const struct rl_spin *s, rl_ps gap)
{
	rl_ps next = gap * s->growth / 1000;

	return s->gap_max_ps && next > s->gap_max_ps ? (s->gap_max_ps > gap ? s->gap_max_ps : gap)
						     : next;
}

/*
 * Walks over looks until one ends at or after @at: pauses that change are stepped through,
 * of which there are few, and the rest is one division.
 */
static rl_ps walk(const struct rl_spin *s, rl_ps at, rl_ps *gap, uint64_t *looks)
{
	rl_ps end = s->from + s->look_ps, next;
	uint64_t n;

	*gap = s->gap_ps;
	*looks = 1;
	while (end < at) {
		next = grown(s, *gap);
		if (next == *gap) {
			rl_ps period = s->look_ps + s->pause_ps + *gap;

			n = (at - end + period - 1) / period;
			*looks += n;
			return end + n * period;
		}
		end += s->pause_ps + *gap + s->look_ps;
		*gap = next;
		++*looks;
	}
	return end;
}

rl_ps rl_spin_next(const struct rl_spin *s, rl_ps at)
{
	rl_ps gap, end = s->from + s->look_ps;
	uint64_t looks;

	if (s->watch)
		return end < at ? at + s->wake_ps + s->look_ps : end;
	end = walk(s, at, &gap, &looks);
	if (s->deadline != RL_PS_NEVER && end > s->deadline + s->look_ps)
		end = (s->deadline > s->from ? s->deadline : s->from) + s->look_ps;
	return end;
}

/*
 * When the look at the line that is @tail before its end sees what is visible at @at: never, when
 * the last look has passed that line.
 */
static rl_ps sees(const struct rl_spin *s, rl_ps at, rl_ps tail)
{
	rl_ps end = rl_spin_next(s, at + tail);

	return end < at + tail ? RL_PS_NEVER : end - tail;
}

bool rl_spin_published(struct rl_spin *s, uint32_t line, rl_ps visible)
{
	uint32_t nth = s->of ? (line + s->of - s->first) % s->of : 0;
	rl_ps tail = 0;

	if (s->of) {
		if (nth >= s->lines)
			return false;
		tail = (s->lines - 1 - nth) * s->line_ps;
	}
	if (s->visible != RL_PS_NEVER &&
		(!s->of || sees(s, visible, tail) >= sees(s, s->visible, s->tail)))
		return false;
	s->visible = visible;
	s->line = line;
	s->tail = tail;
	return true;
}

void rl_spin_leave(struct rl_spin *s, rl_ps now)
{
	rl_ps gap;
	uint64_t looks;

	if (s->visible <= now)
		now += s->tail; /* a look that saw something ends there */
	if (now < s->from + s->look_ps)
		return;
	if (s->watch) {
		s->looks += s->visible < now || s->deadline < now ? 2 : 1;
		return;
	}
	if (walk(s, now, &gap, &looks) > now)
		looks--; /* one that was begun is made again */
	s->looks += looks;
	s->gap_ps = gap;
}
