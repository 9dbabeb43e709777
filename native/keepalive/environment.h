/* The environment, which a libc may not have, and which is not always to be trusted. */
#ifndef KEEPALIVE_ENVIRONMENT_H
#define KEEPALIVE_ENVIRONMENT_H

#include <stdbool.h>

/*
 * Whether the program has rights that who started it has not: it is set-uid,
 * set-gid or has file capabilities (AT_SECURE, getauxval(3)). LD_PRELOAD does
 * not reach such programs, /etc/ld.so.preload does.
 */
bool has_foreign_rights(void);

/* The environment; null where there is none, and where somebody with fewer rights wrote it. */
char **trusted_environment(void);

/* The value of name in environment, which may be null; null where there is none. */
const char *environment_value(char **environment, const char *name);

#endif
