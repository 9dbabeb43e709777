/* The networks of a node: its own, and those of its pods, by the addresses that they have. */
#ifndef NODE_NETWORKS_H
#define NODE_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "sockets/own_addresses.h"

struct held_address {
	struct whole_address address;
	int sock_diag;		/* a descriptor for the sockets of the network that has it */
};

struct networks {
	struct held_address *items;	/* in order of addresses; freed when the process ends */
	size_t count;
	size_t capacity;
};

/*
 * Looks into the caller's own network namespace and into those that are bound
 * to files of a folder, as container runtimes do in /var/run/netns; it needs
 * CAP_SYS_ADMIN. A file that is none, or whose namespace is known already, is
 * passed over. The process is in one of them afterwards, whichever; netlink
 * sockets of before go on speaking with its own. False once the problem is
 * printed.
 */
bool find_networks(const char *folder, const char *applet, struct networks *networks);

enum holder { HELD_NOWHERE, HELD_ONCE, HELD_SEVERAL_TIMES };

/* In how many networks the address is; the descriptor of the one where it is in one. */
enum holder find_holder(const struct networks *networks, const struct whole_address *address, int *sock_diag);

#endif
