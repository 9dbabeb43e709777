/* The addresses of this network namespace: a peer that has one of them is in the same pod. */
#ifndef LONGHAUL_OWN_ADDRESSES_H
#define LONGHAUL_OWN_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "sockets/sock_diag.h"

/* An IPv6 address, or an IPv4 one as a mapped one. */
struct whole_address {
	unsigned char bytes[16];
};

struct own_addresses {
	struct whole_address *items;	/* in order; freed when the process ends */
	size_t count;
};

struct whole_address whole_address_of(uint8_t family, const void *bytes);
int compare_addresses(const struct whole_address *one, const struct whole_address *other);

/* False with errno; then the loopback addresses are all that is known. */
bool read_own_addresses(struct own_addresses *addresses);

/* Whether the connection comes from the pod itself: over loopback, or from one of the addresses. */
bool is_from_inside(const struct own_addresses *addresses, const struct tcp_socket *socket);

#endif
