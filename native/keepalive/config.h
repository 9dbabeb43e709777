/* What the preloaded library is told by the environment. */
#ifndef KEEPALIVE_CONFIG_H
#define KEEPALIVE_CONFIG_H

struct keepalive {
	int idle_seconds;
	int interval_seconds;
	int probes;
	int user_timeout_ms;	/* 0: leave TCP_USER_TIMEOUT alone */
};

/*
 * Reads LONGHAUL_KEEPALIVE ("idle=60,interval=10,probes=3,user_timeout=90000"),
 * or without it the older libkeepalive's KEEPIDLE, KEEPINTVL and KEEPCNT.
 * Whatever is missing, out of range or not a number gets its default.
 */
struct keepalive keepalive_from_environment(char **environment);

/* The value of name in environment, or null. */
const char *environment_value(char **environment, const char *name);

#endif
