/* Hooks dlsym() as GPU and overlay libraries do: RTLD_NEXT then means "behind this library", whoever asks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

typedef void *dlsym_function(void *handle, const char *name);

static dlsym_function *real_dlsym(void)
{
	static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };
	void *found = NULL;

	for (size_t index = 0; !found && index < sizeof(versions) / sizeof(versions[0]); index++)
		found = dlvsym(RTLD_NEXT, "dlsym", versions[index]);
	return (dlsym_function *)found;
}

void *dlsym(void *handle, const char *name)
{
	return real_dlsym()(handle, name);
}
