/* Finds its way in a libc that may not be there. */
#include "next_function.h"

#include <stddef.h>

extern int *__errno_location(void) __attribute__((weak));
extern void *dlsym(void *handle, const char *name) __attribute__((weak));

/* RTLD_NEXT of <dlfcn.h>, which would declare dlsym again, and for GNU only. */
static void *const next_in_search_order = (void *)-1L;

/*
 * A library that hooks dlsym() asks the real one in its own name: standing in
 * front of this one, it is told that the next socket() is ours, which would
 * then call itself without end.
 */
void *next_function(const char *name, void *own, void *fallback)
{
	void *next = dlsym ? dlsym(next_in_search_order, name) : NULL;

	return next && next != own ? next : fallback;
}

int as_libc(long result)
{
	if (result >= 0)
		return (int)result;
	if (__errno_location)
		*__errno_location() = (int)-result;
	return -1;
}
