#include "environment.h"

#include <elf.h>
#include <stddef.h>

#include "prefix.h"

extern char **environ __attribute__((weak));
extern unsigned long getauxval(unsigned long type) __attribute__((weak));

/* Without it, under a glibc before 2.16, set-uid programs are taken for others: the worst in an environment are other timers. */
bool has_foreign_rights(void)
{
	return getauxval && getauxval(AT_SECURE);
}

char **trusted_environment(void)
{
	return &environ && !has_foreign_rights() ? environ : NULL;
}

const char *environment_value(char **environment, const char *name)
{
	for (char **entry = environment; entry && *entry; entry++) {
		const char *rest = skip_prefix(*entry, name);

		if (rest && *rest == '=')
			return rest + 1;
	}
	return NULL;
}
