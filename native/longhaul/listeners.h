/* The ports that this container listens on. */
#ifndef LONGHAUL_LISTENERS_H
#define LONGHAUL_LISTENERS_H

#include <stdbool.h>

#include "port_set.h"

/*
 * Adds the ports of listening sockets that a visible process holds. Often that
 * is not every process, and yet every listener: of nginx, root's master shows
 * the sockets that its workers, of another user, share.
 *
 * Only if no visible process holds any, and /proc hides some, all listeners of
 * the network namespace are added: in a pod, waiting for a sidecar's
 * connections too is better than cutting the application's. On a host network
 * they would be the whole node's, so there only what is visible counts, and
 * *hidden is set if that is nothing. False with errno.
 */
bool add_listening_ports(int netlink, struct port_set *ports, bool *hidden);

#endif
