/* A connection as it is shown. */
#ifndef LONGHAUL_CONNECTION_VIEW_H
#define LONGHAUL_CONNECTION_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "sockets/connections.h"
#include "sockets/port_set.h"

enum keepalive { KEEPALIVE_UNKNOWN, KEEPALIVE_OFF, KEEPALIVE_ON };

/* A connection, with what is known of it. */
struct connection_view {
	const struct tcp_socket *socket;
	const struct process *process;	/* NULL: none is known */
	bool incoming;			/* its local port is listened on */
	enum keepalive keepalive;
	int64_t user_timeout_ms;	/* 0: the kernel's own limit; -1: not known */
};

/* Looks at a connection; listening: the ports that are listened on. */
struct connection_view view_connection(const struct connection *connection, const struct owner_map *owners,
				       const struct port_set *listening);

#endif
