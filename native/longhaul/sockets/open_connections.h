/* How many connections a drain has still to wait for. */
#ifndef LONGHAUL_OPEN_CONNECTIONS_H
#define LONGHAUL_OPEN_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "sockets/own_addresses.h"
#include "sockets/port_set.h"
#include "sockets/sock_diag.h"

/* Whose connections are waited for. */
struct connection_scope {
	struct port_set ports;
	struct own_addresses inside;	/* peers that don't count, besides those over loopback */
};

enum { MAX_EXAMPLES = 3 };

struct connection_counts {
	size_t open;
	struct tcp_socket examples[MAX_EXAMPLES];	/* of those that are open */
	size_t quiet;		/* half-closed, held by a process, and without data for a while */
};

/*
 * Counts the connections from outside the pod whose local port is one of the
 * scope's, and visits those that are open, if visit is not NULL; false with
 * errno. Each time through a netlink socket of its own: on one whose last list
 * broke off, the kernel refuses the next (EBUSY).
 */
bool count_connections(const struct connection_scope *scope, struct connection_counts *counts,
		       socket_visitor *visit, void *context);

#endif
