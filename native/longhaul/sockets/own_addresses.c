/* Sorted, since a node's own network may have thousands (IPVS), and each connection is looked up. */
#include "sockets/own_addresses.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const struct whole_address ipv6_loopback = { { [15] = 1 } };

struct whole_address whole_address_of(uint8_t family, const void *bytes)
{
	struct whole_address whole = { { [10] = 0xff, [11] = 0xff } };

	if (family == AF_INET)
		memcpy(whole.bytes + MAPPED_PREFIX_BYTES, bytes, sizeof(struct in_addr));
	else
		memcpy(whole.bytes, bytes, sizeof(whole.bytes));
	return whole;
}

int compare_addresses(const struct whole_address *one, const struct whole_address *other)
{
	return memcmp(one, other, sizeof(*one));
}

static int compare_items(const void *one, const void *other)
{
	return compare_addresses(one, other);
}

static bool has_family(const struct ifaddrs *entry)
{
	return entry->ifa_addr &&
	       (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6);
}

static struct whole_address address_of(const struct ifaddrs *entry)
{
	const void *address = entry->ifa_addr;
	const struct sockaddr_in *ipv4 = address;
	const struct sockaddr_in6 *ipv6 = address;

	return entry->ifa_addr->sa_family == AF_INET ? whole_address_of(AF_INET, &ipv4->sin_addr) :
						       whole_address_of(AF_INET6, &ipv6->sin6_addr);
}

bool read_own_addresses(struct own_addresses *addresses)
{
	struct ifaddrs *list;
	size_t count = 0;

	if (getifaddrs(&list) < 0)
		return false;
	for (const struct ifaddrs *entry = list; entry; entry = entry->ifa_next)
		count += has_family(entry);
	addresses->items = calloc(count + 1, sizeof(*addresses->items));
	for (const struct ifaddrs *entry = list; entry && addresses->items; entry = entry->ifa_next)
		if (has_family(entry))
			addresses->items[addresses->count++] = address_of(entry);
	freeifaddrs(list);
	if (addresses->items)
		qsort(addresses->items, addresses->count, sizeof(*addresses->items), compare_items);
	return addresses->items != NULL;
}

static bool is_loopback(const struct whole_address *address)
{
	return is_ipv4_mapped(address->bytes) ? address->bytes[MAPPED_PREFIX_BYTES] == IN_LOOPBACKNET :
						!compare_addresses(address, &ipv6_loopback);
}

bool is_from_inside(const struct own_addresses *addresses, const struct tcp_socket *socket)
{
	struct whole_address peer = whole_address_of(socket->family, socket->id.idiag_dst);

	return is_loopback(&peer) ||
	       (addresses->count && bsearch(&peer, addresses->items, addresses->count,
					    sizeof(*addresses->items), compare_items));
}
