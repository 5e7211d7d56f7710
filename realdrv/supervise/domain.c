// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What Xen says of a domain. Its word and no other is the fence: the toolstack removes a domain's
 * nodes before Xen has ended it.
 *
 * Xen reports "dying" of a domain when all was taken from it: its vCPUs run no more, its grant
 * mappings are undone, its devices deassigned. It goes from Xen's list when nobody maps a page of
 * its memory any more. Where its disk was lent to it by another domain, that one's backend may have
 * requests of it under way until then, so only that is the fence.
 */
#include "supervise.h"

#include <string.h>
#include <xenctrl.h>

bool rl_supervise_life(
	struct xc_interface_core *xc, unsigned int domid, enum rl_supervise_life *life)
{
	xc_domaininfo_t info;
	int n = xc_domain_getinfolist(xc, domid, 1, &info);

	if (n < 0)
		return false;
	/* the list goes on with the next domain that there is */
	if (n == 0 || info.domain != domid)
		*life = RL_SUPERVISE_IS_DEAD;
	else if (info.flags & XEN_DOMINF_dying)
		*life = RL_SUPERVISE_IS_DYING;
	else if (info.flags & XEN_DOMINF_shutdown)
		*life = RL_SUPERVISE_IS_DOWN;
	else
		*life = RL_SUPERVISE_LIVES;
	return true;
}
