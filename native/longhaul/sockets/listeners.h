/* The ports that this container listens on. */
#ifndef LONGHAUL_LISTENERS_H
#define LONGHAUL_LISTENERS_H

#include <stdbool.h>

#include "sockets/port_set.h"

/*
 * Adds the ports of listening sockets that a visible process holds, and, if
 * /proc hides processes, all others of the network namespace: in a pod, waiting
 * for a sidecar's connections too is better than cutting the application's.
 * One listener that is seen, of a supervisor or an exporter, says nothing about
 * those that are not.
 *
 * On a host network the others would be the whole node's, so there only what
 * is visible counts, and *hidden is set if that is nothing. False with errno.
 */
bool add_listening_ports(int netlink, struct port_set *ports, bool *hidden);

#endif
