/* What the preloaded library is told. */
#ifndef KEEPALIVE_CONFIG_H
#define KEEPALIVE_CONFIG_H

#include <stdbool.h>

struct keepalive {
	int idle_seconds;
	int interval_seconds;
	int probes;
	int user_timeout_ms;	/* what sockets get at first; 0: leave TCP_USER_TIMEOUT alone */
	bool follows_program;	/* user_timeout=auto: timers that the program sets move it */
};

/*
 * Reads a list as LONGHAUL_KEEPALIVE holds it ("idle=60,interval=10,probes=3,user_timeout=auto"),
 * or, where it is null, the older libkeepalive's KEEPIDLE, KEEPINTVL and KEEPCNT.
 * Whatever is missing, out of range or not a number gets its default.
 */
struct keepalive read_keepalive(const char *list, char **environment);

/* Whether all of a list can be used. */
bool is_keepalive_list(const char *list);

/*
 * The TCP_USER_TIMEOUT of user_timeout=auto for such timers, in milliseconds:
 * as long as a quiet connection lasts after its peer died, but 0, the kernel's
 * own limit, where that is sooner.
 */
int auto_timeout_ms(int idle_seconds, int interval_seconds, int probes);

#endif
