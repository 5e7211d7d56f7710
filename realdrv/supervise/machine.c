// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What comes after what when a driver domain dies. The rule that all hangs on: nobody is named in a
 * domain's place before Xen has destroyed it. Until then it may hold mappings of the guest's pages
 * and write to the disk, and a request that is sent again could be overtaken by itself.
 *
 *	state      found    down     dying    dead      done       failed    none     expired
 *	---------- -------- -------- -------- --------- ---------- --------- -------- ----------
 *	absent     watching -        -        -         -          -         -        -
 *	watching   -        fencing  fencing* resetting -          -         -        -
 *	fencing    -        -        -        resetting -          -         -        fencing
 *	resetting  -        -        -        -         choosing   -         -        resetting
 *	choosing   -        -        -        -         preparing  -         starting choosing
 *	starting   -        -        -        -         preparing  choosing* -        choosing
 *	preparing  -        choosing choosing choosing  naming     choosing  -        choosing
 *	naming     -        choosing choosing choosing  connecting -         -        naming
 *	connecting -        fencing  fencing* resetting watching   -         -        connecting
 *
 * (*: waits there, nothing is done at once.) What failed is tried again when its time is over: a
 * supervisor that gives up is worth nothing. A fence is tried sooner, since all disks wait for it:
 * the toolstack's command was seen to leave a crashed domain as it was.
 */
#include "supervise.h"

#define TO(state, act)                                                                             \
	{                                                                                          \
		RL_SUPERVISE_##state, RL_SUPERVISE_DO_##act, true                                  \
	}

struct arrow {
	uint8_t state, act;
	bool is;
};

static const struct arrow arrows[RL_SUPERVISE_STATES][RL_SUPERVISE_EVENTS] = {
	[RL_SUPERVISE_ABSENT] = {[RL_SUPERVISE_FOUND] = TO(WATCHING, WATCH)},
	[RL_SUPERVISE_WATCHING] = {[RL_SUPERVISE_DOWN] = TO(FENCING, DESTROY),
		[RL_SUPERVISE_DYING] = TO(FENCING, NOTHING),
		[RL_SUPERVISE_DEAD] = TO(RESETTING, RESET)},
	[RL_SUPERVISE_FENCING] = {[RL_SUPERVISE_DEAD] = TO(RESETTING, RESET),
		[RL_SUPERVISE_EXPIRED] = TO(FENCING, DESTROY)},
	[RL_SUPERVISE_RESETTING] = {[RL_SUPERVISE_DONE] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_EXPIRED] = TO(RESETTING, RESET)},
	[RL_SUPERVISE_CHOOSING] = {[RL_SUPERVISE_DONE] = TO(PREPARING, PREPARE),
		[RL_SUPERVISE_NONE] = TO(STARTING, START),
		[RL_SUPERVISE_EXPIRED] = TO(CHOOSING, CHOOSE)},
	[RL_SUPERVISE_STARTING] = {[RL_SUPERVISE_DONE] = TO(PREPARING, PREPARE),
		[RL_SUPERVISE_FAILED] = TO(CHOOSING, NOTHING),
		[RL_SUPERVISE_EXPIRED] = TO(CHOOSING, CHOOSE)},
	[RL_SUPERVISE_PREPARING] = {[RL_SUPERVISE_DONE] = TO(NAMING, NAME),
		[RL_SUPERVISE_DOWN] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_DYING] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_DEAD] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_FAILED] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_EXPIRED] = TO(CHOOSING, CHOOSE)},
	[RL_SUPERVISE_NAMING] = {[RL_SUPERVISE_DONE] = TO(CONNECTING, AWAIT),
		[RL_SUPERVISE_DOWN] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_DYING] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_DEAD] = TO(CHOOSING, CHOOSE),
		[RL_SUPERVISE_EXPIRED] = TO(NAMING, NAME)},
	[RL_SUPERVISE_CONNECTING] = {[RL_SUPERVISE_DONE] = TO(WATCHING, WATCH),
		[RL_SUPERVISE_DOWN] = TO(FENCING, DESTROY),
		[RL_SUPERVISE_DYING] = TO(FENCING, NOTHING),
		[RL_SUPERVISE_DEAD] = TO(RESETTING, RESET),
		[RL_SUPERVISE_EXPIRED] = TO(CONNECTING, AWAIT)},
};

enum rl_supervise_act rl_supervise_event(
	enum rl_supervise_state *state, enum rl_supervise_event event)
{
	const struct arrow *to = &arrows[*state][event];

	if (!to->is)
		return RL_SUPERVISE_DO_NOTHING;
	*state = to->state;
	return to->act;
}

const char *rl_supervise_state_name(enum rl_supervise_state state)
{
	static const char *const names[RL_SUPERVISE_STATES] = {
		[RL_SUPERVISE_ABSENT] = "absent",
		[RL_SUPERVISE_WATCHING] = "watching",
		[RL_SUPERVISE_FENCING] = "fencing",
		[RL_SUPERVISE_RESETTING] = "resetting",
		[RL_SUPERVISE_CHOOSING] = "choosing",
		[RL_SUPERVISE_STARTING] = "starting",
		[RL_SUPERVISE_PREPARING] = "preparing",
		[RL_SUPERVISE_NAMING] = "naming",
		[RL_SUPERVISE_CONNECTING] = "connecting",
	};

	return names[state];
}

unsigned int rl_supervise_patience_s(
	enum rl_supervise_state state, unsigned int expired, unsigned int wait_s)
{
	unsigned int first = RL_SUPERVISE_FENCE_S;

	if (state != RL_SUPERVISE_FENCING)
		return wait_s;
	/* a command that is slow rather than stuck is given the time for it in the end */
	while (expired-- && first < wait_s)
		first *= 2;
	return first < wait_s ? first : wait_s;
}
