/* The waits of a drain, which signals end. */
#ifndef LONGHAUL_DRAIN_WAIT_H
#define LONGHAUL_DRAIN_WAIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "applets/gentle_hangup.h"
#include "sockets/open_connections.h"

struct drain_wait {
	int64_t timeout_ms;
	struct connection_scope scope;
	struct gentle_hangup gentle;
};

/* Blocks SIGTERM and SIGINT: they are fetched instead in each wait, so that none is lost between a check and a sleep. */
sigset_t block_signals(void);

/* Sleeps until then; false if a signal came. */
bool pause_until_ms(int64_t end_ms, const sigset_t *signals);

/* Polls until there is no connection, the time is over, or a signal came, and reports it. */
void wait_for_connections(struct drain_wait *wait, const sigset_t *signals);

#endif
