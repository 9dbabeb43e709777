/* How many connections a drain has still to wait for. */
#ifndef LONGHAUL_OPEN_CONNECTIONS_H
#define LONGHAUL_OPEN_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "port_set.h"

/* Counts the open connections whose local port is one of ports; false with errno. */
bool count_open_connections(int netlink, const struct port_set *ports, size_t *count);

#endif
