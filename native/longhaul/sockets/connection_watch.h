/* Connections polled until there are none. */
#ifndef LONGHAUL_CONNECTION_WATCH_H
#define LONGHAUL_CONNECTION_WATCH_H

#include <stdint.h>

#include "sockets/open_connections.h"

struct connection_watch {
	struct connection_counts now;	/* of the last poll that didn't fail */
	size_t most;			/* open at once, in any of them */
	bool counted;			/* one at least didn't fail */
	int error;			/* of the last poll; 0: none */
	int64_t interval_ms;		/* from the start of the last poll to the next */
	socket_visitor *visit;		/* sees what is open in each poll; NULL: nobody */
	void *context;
};

/*
 * How long to wait before what took cost_ms is done again: it may take one part in twenty of a core's time, since
 * that is the application's. At most 2 s, as things change.
 */
int64_t affordable_interval_ms(int64_t cost_ms);

/*
 * Polls once; whether there is something to wait for. The kernel may be short
 * of memory for a list, and will have some again; there is nothing to wait for
 * only if it can't list at all (ENOENT).
 */
bool watch_connections(const struct connection_scope *scope, struct connection_watch *watch);

#endif
