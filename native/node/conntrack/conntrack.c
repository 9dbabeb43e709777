/* What is asked; conntrack_reply.c reads the answers. */
#include "node/conntrack/conntrack.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>

#include "sockets/netlink.h"

/* Bits of CTA_FILTER_ORIG_FLAGS and CTA_FILTER_REPLY_FLAGS; the kernel's headers for programs don't tell them. */
enum { FILTER_SOURCE_ADDRESS = 1 << 0, FILTER_PROTOCOL = 1 << 3 };

/* What the longest request needs: a tuple of IPv6 is 80 bytes. */
enum { ATTRIBUTE_BYTES = 256 };

struct request {
	struct nlmsghdr header;
	struct nfgenmsg family;
	unsigned char attributes[ATTRIBUTE_BYTES];
	size_t length;
};

int conntrack_open(void)
{
	return netlink_open(NETLINK_NETFILTER);
}

static struct request new_request(uint8_t family, uint16_t flags)
{
	return (struct request){
		.header = {
			.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
			.nlmsg_seq = next_sequence(),
		},
		.family = { .nfgen_family = family, .version = NFNETLINK_V0 },
	};
}

static void add(struct request *request, uint16_t type, const void *value, size_t size)
{
	struct nlattr header = { .nla_len = (uint16_t)(sizeof(header) + size), .nla_type = type };
	unsigned char *end = request->attributes + request->length;

	memcpy(end, &header, sizeof(header));
	memcpy(end + sizeof(header), value, size);
	request->length += NLMSG_ALIGN(sizeof(header) + size);
}

/* Begins an attribute that consists of the following ones; returns where it is, for close_nest(). */
static size_t open_nest(struct request *request, uint16_t type)
{
	size_t start = request->length;

	add(request, type | NLA_F_NESTED, "", 0);
	return start;
}

static void close_nest(struct request *request, size_t start)
{
	struct nlattr header;

	memcpy(&header, request->attributes + start, sizeof(header));
	header.nla_len = (uint16_t)(request->length - start);
	memcpy(request->attributes + start, &header, sizeof(header));
}

static void add_address(struct request *request, uint16_t ipv4_type, uint16_t ipv6_type,
			const struct whole_address *address)
{
	if (request->family.nfgen_family == AF_INET)
		add(request, ipv4_type, address->bytes + MAPPED_PREFIX_BYTES, sizeof(struct in_addr));
	else
		add(request, ipv6_type, address->bytes, sizeof(address->bytes));
}

static void add_protocol(struct request *request)
{
	uint8_t protocol = IPPROTO_TCP;

	add(request, CTA_PROTO_NUM, &protocol, sizeof(protocol));
}

static void add_flow(struct request *request, const struct tracked_flow *flow)
{
	size_t tuple = open_nest(request, CTA_TUPLE_ORIG);
	size_t part = open_nest(request, CTA_TUPLE_IP);

	add_address(request, CTA_IP_V4_SRC, CTA_IP_V6_SRC, &flow->source);
	add_address(request, CTA_IP_V4_DST, CTA_IP_V6_DST, &flow->destination);
	close_nest(request, part);
	part = open_nest(request, CTA_TUPLE_PROTO);
	add_protocol(request);
	add(request, CTA_PROTO_SRC_PORT, &flow->source_port, sizeof(flow->source_port));
	add(request, CTA_PROTO_DST_PORT, &flow->destination_port, sizeof(flow->destination_port));
	close_nest(request, part);
	close_nest(request, tuple);
}

/* A kernel before 5.8 does not know of the filter, and answers with all that it has. */
static void add_filter(struct request *request, const struct whole_address *peer)
{
	uint32_t original_flags = 0, reply_flags = FILTER_PROTOCOL | (peer ? FILTER_SOURCE_ADDRESS : 0);
	size_t tuple = open_nest(request, CTA_TUPLE_REPLY);
	size_t part = open_nest(request, CTA_TUPLE_PROTO);

	add_protocol(request);
	close_nest(request, part);
	if (peer) {
		part = open_nest(request, CTA_TUPLE_IP);
		add_address(request, CTA_IP_V4_SRC, CTA_IP_V6_SRC, peer);
		close_nest(request, part);
	}
	close_nest(request, tuple);
	part = open_nest(request, CTA_FILTER);
	add(request, CTA_FILTER_ORIG_FLAGS, &original_flags, sizeof(original_flags));
	add(request, CTA_FILTER_REPLY_FLAGS, &reply_flags, sizeof(reply_flags));
	close_nest(request, part);
}

static bool ask(int netlink, struct request *request, tracked_visitor *visit, void *context)
{
	struct tracked_reader reader = { visit, context };
	size_t length = offsetof(struct request, attributes) + request->length;
	struct iovec part = { request, length };

	request->header.nlmsg_len = (uint32_t)length;
	return netlink_ask(netlink, &part, 1, request->header.nlmsg_seq, read_tracked, &reader);
}

static bool dump(int netlink, uint8_t family, const struct whole_address *peer, tracked_visitor *visit,
		 void *context)
{
	struct request request = new_request(family, NLM_F_DUMP);

	add_filter(&request, peer);
	return ask(netlink, &request, visit, context);
}

bool conntrack_dump(int netlink, uint8_t family, tracked_visitor *visit, void *context)
{
	return dump(netlink, family, NULL, visit, context);
}

bool conntrack_dump_to(int netlink, const struct whole_address *peer, tracked_visitor *visit, void *context)
{
	return dump(netlink, AF_INET, peer, visit, context);
}

static void note(const struct tracked_connection *connection, void *context)
{
	struct tracked_connection *now = context;

	*now = *connection;
}

bool conntrack_look(int netlink, const struct tracked_connection *connection, struct tracked_connection *now)
{
	struct request request = new_request(connection->family, NLM_F_ACK);

	add_flow(&request, &connection->original);
	if (connection->zone)
		add(&request, CTA_ZONE, &connection->zone, sizeof(connection->zone));
	*now = (struct tracked_connection){ 0 };
	return ask(netlink, &request, note, now);
}
