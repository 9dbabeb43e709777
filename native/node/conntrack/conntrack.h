/*
 * The TCP connections that the kernel tracks in a network namespace, over
 * netlink (ctnetlink; CAP_NET_ADMIN). A node's own tracks those of its pods,
 * since what kube-proxy sets up needs it.
 */
#ifndef NODE_CONNTRACK_H
#define NODE_CONNTRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sockets/netlink_message.h"
#include "sockets/own_addresses.h"

/* One direction, as its packets show it; ports in network byte order. */
struct tracked_flow {
	struct whole_address source;
	struct whole_address destination;
	uint16_t source_port;
	uint16_t destination_port;
};

struct tracked_connection {
	uint8_t family;			/* AF_INET or AF_INET6 */
	uint8_t state;			/* TCP_CONNTRACK_ESTABLISHED and so on; 0: not told */
	uint16_t zone;			/* in network byte order */
	struct tracked_flow original;	/* as the client's socket has it: to a Service's address, say */
	struct tracked_flow reply;	/* its source is whom the client really speaks with */
};

typedef void tracked_visitor(const struct tracked_connection *connection, void *context);

/* The descriptor, in the network namespace of the caller; -1 with errno. */
int conntrack_open(void);

/* Calls visit for each TCP connection of the family; false with errno. */
bool conntrack_dump(int netlink, uint8_t family, tracked_visitor *visit, void *context);

/*
 * The same for those with a peer of that IPv4 address. The kernel leaves out
 * the others from Linux 5.8 on, and where it does not, they are visited, too.
 * Not for IPv6: there the kernel takes the filter the other way round and leaves
 * out those that were asked for (seen up to 6.18, ctnetlink_filter_match_tuple).
 */
bool conntrack_dump_to(int netlink, const struct whole_address *peer, tracked_visitor *visit, void *context);

/* What the connection of the same original direction is by now; false with errno, ENOENT if there is none. */
bool conntrack_look(int netlink, const struct tracked_connection *connection, struct tracked_connection *now);

/* Who sees the connections of a reply. */
struct tracked_reader {
	tracked_visitor *visit;
	void *context;
};

/* A message_reader whose context is a struct tracked_reader. Pure, so that it can be fuzzed. */
bool read_tracked(uint16_t type, struct slice payload, void *reader);

#endif
