/*
 * TCP_USER_TIMEOUT takes the place of the count of probes: left as it was when
 * a program sets timers of its own, it would make short ones late, and have
 * long ones end a connection at the first probe that is lost.
 */
#ifndef KEEPALIVE_USER_TIMEOUT_H
#define KEEPALIVE_USER_TIMEOUT_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>

#include "config.h"

/* What a socket has, of the options TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT. */
struct timers {
	int idle_seconds;
	int interval_seconds;
	int probes;
};

/* Whether the option is one of those three. */
static inline bool is_timer(int level, int option)
{
	return level == IPPROTO_TCP &&
	       (option == TCP_KEEPIDLE || option == TCP_KEEPINTVL || option == TCP_KEEPCNT);
}

/*
 * Whether the socket's TCP_USER_TIMEOUT is this library's, as set at first or
 * for the timers that the socket has, which are then read: the program is about
 * to set one.
 */
bool is_followed(const struct keepalive *keepalive, int fd, struct timers *timers);

/* Sets TCP_USER_TIMEOUT anew, after the program has set that one of the timers read before. */
void follow_timer(const struct keepalive *keepalive, int fd, int option, struct timers *timers);

#endif
