/* The ports that are listened on in this network namespace. */
#ifndef LONGHAUL_LISTENERS_H
#define LONGHAUL_LISTENERS_H

#include <stdbool.h>

#include "sockets/port_set.h"

/*
 * Adds the ports of all TCP listeners, those of other containers of the pod
 * too: what a helper does for the one that serves must not end before that
 * one's connections. Needs neither /proc nor rights. False with errno.
 */
bool add_listening_ports(int netlink, struct port_set *ports);

#endif
