/* Keeps no table of sockets: whose TCP_USER_TIMEOUT it is, is told from its value. */
#include "user_timeout.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "option.h"

/* A peer that reads nothing for a while is not cut sooner than this, however short the program's timers. */
enum { SHORTEST_MS = 30000 };

/* Never less than what was set at first or SHORTEST_MS, whichever is less, but for 0, the kernel's own limit. */
static int following_ms(const struct keepalive *keepalive, const struct timers *timers)
{
	int ms = auto_timeout_ms(timers->idle_seconds, timers->interval_seconds, timers->probes);
	int first_ms = keepalive->user_timeout_ms;
	int least_ms = first_ms > 0 && first_ms < SHORTEST_MS ? first_ms : SHORTEST_MS;

	return ms == 0 || ms > least_ms ? ms : least_ms;
}

static int *timer_of(struct timers *timers, int option)
{
	if (option == TCP_KEEPIDLE)
		return &timers->idle_seconds;
	return option == TCP_KEEPINTVL ? &timers->interval_seconds : &timers->probes;
}

bool is_followed(const struct keepalive *keepalive, int fd, struct timers *timers)
{
	int user_timeout_ms;

	if (!keepalive->follows_program)
		return false;
	user_timeout_ms = get_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT);
	if (user_timeout_ms < 0)
		return false;
	timers->idle_seconds = get_option(fd, IPPROTO_TCP, TCP_KEEPIDLE);
	timers->interval_seconds = get_option(fd, IPPROTO_TCP, TCP_KEEPINTVL);
	timers->probes = get_option(fd, IPPROTO_TCP, TCP_KEEPCNT);
	if (user_timeout_ms == following_ms(keepalive, timers))
		return true;
	/* 0 where these timers would not give it: the program's own. */
	return user_timeout_ms > 0 && user_timeout_ms == keepalive->user_timeout_ms;
}

void follow_timer(const struct keepalive *keepalive, int fd, int option, struct timers *timers)
{
	*timer_of(timers, option) = get_option(fd, IPPROTO_TCP, option);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, following_ms(keepalive, timers));
}
