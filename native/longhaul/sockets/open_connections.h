/* How many connections a drain has still to wait for. */
#ifndef LONGHAUL_OPEN_CONNECTIONS_H
#define LONGHAUL_OPEN_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "sockets/port_set.h"

struct connection_counts {
	size_t open;
	size_t quiet;		/* half-closed, held by a process, and without data for a while */
};

/*
 * Counts the connections whose local port is one of ports; false with errno.
 * Each time through a netlink socket of its own: on one whose last list broke
 * off, the kernel refuses the next (EBUSY).
 */
bool count_connections(const struct port_set *ports, struct connection_counts *counts);

#endif
