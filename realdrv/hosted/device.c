/* SPDX-License-Identifier: MIT */
/* Choosing a device by its name; see device.h. */
#include "hosted/device.h"

#include <string.h>

const struct rl_hdevice *rl_hdevice_find(const char *spec, const char **arg)
{
	size_t n = strcspn(spec, ":");

	*arg = spec[n] ? spec + n + 1 : spec + n;
	for (const struct rl_hdevice *const *d = rl_hdevices; *d; d++)
		if (strlen((*d)->name) == n && memcmp((*d)->name, spec, n) == 0)
			return *d;
	return 0;
}
