/* SPDX-License-Identifier: MIT */
/* Choosing a device by its name; see device.h. */
#include "hosted/device.h"

#include <stdio.h>
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

int rl_hdevice_hold(const char *spec, char *held, size_t size, char *why)
{
	const char *arg;
	const struct rl_hdevice *d = rl_hdevice_find(spec, &arg);
	struct rl_hdisk disk;
	void *dev;
	int rc;

	snprintf(held, size, "%s", spec);
	if (!d->hold)
		return 0;
	rc = d->open(&dev, arg, &disk, why);
	if (rc)
		return rc;
	rc = d->hold(dev);
	d->close(dev);
	if (rc < 0)
		snprintf(why, 256, "%s", strerror(-rc));
	else
		snprintf(held, size, "%s:fd=%d", d->name, rc);
	return rc < 0 ? rc : 0;
}
