#ifndef KEEPALIVE_PREFIX_H
#define KEEPALIVE_PREFIX_H

#include <stddef.h>

/* What follows prefix in text, or null where text does not start with it. */
static inline const char *skip_prefix(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return NULL;
	return text;
}

#endif
