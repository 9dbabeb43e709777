/* What the kernel tells of a tracked connection; what is not TCP over IP is passed over. */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include "node/conntrack/conntrack.h"

enum { NEW_CONNECTION = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW };

/* What a tuple must have for its flow to be whole. */
enum part {
	PART_SOURCE = 1 << 0,
	PART_DESTINATION = 1 << 1,
	PART_TCP = 1 << 2,
	PART_SOURCE_PORT = 1 << 3,
	PART_DESTINATION_PORT = 1 << 4,
	ALL_PARTS = (1 << 5) - 1,
};

struct tuple {
	struct tracked_flow flow;
	unsigned int parts;	/* bits of enum part */
};

static bool read_address(struct slice value, uint8_t family, struct whole_address *address)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	if (!copy_start(value, bytes, family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr)))
		return false;
	*address = whole_address_of(family, bytes);
	return true;
}

static void read_addresses(struct slice rest, uint8_t family, struct tuple *tuple)
{
	bool ipv4 = family == AF_INET;
	struct attribute attribute;

	while (take_attribute(&rest, &attribute)) {
		if (attribute.type == (ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC) &&
		    read_address(attribute.value, family, &tuple->flow.source))
			tuple->parts |= PART_SOURCE;
		if (attribute.type == (ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST) &&
		    read_address(attribute.value, family, &tuple->flow.destination))
			tuple->parts |= PART_DESTINATION;
	}
}

static void read_protocol(struct slice rest, struct tuple *tuple)
{
	struct tracked_flow *flow = &tuple->flow;
	struct attribute attribute;
	uint8_t protocol;

	while (take_attribute(&rest, &attribute)) {
		if (attribute.type == CTA_PROTO_NUM && copy_start(attribute.value, &protocol, sizeof(protocol)) &&
		    protocol == IPPROTO_TCP)
			tuple->parts |= PART_TCP;
		if (attribute.type == CTA_PROTO_SRC_PORT &&
		    copy_start(attribute.value, &flow->source_port, sizeof(flow->source_port)))
			tuple->parts |= PART_SOURCE_PORT;
		if (attribute.type == CTA_PROTO_DST_PORT &&
		    copy_start(attribute.value, &flow->destination_port, sizeof(flow->destination_port)))
			tuple->parts |= PART_DESTINATION_PORT;
	}
}

/* Whether the tuple is a whole flow of TCP. */
static bool read_flow(struct slice rest, uint8_t family, struct tracked_flow *flow)
{
	struct tuple tuple = { 0 };
	struct attribute attribute;

	while (take_attribute(&rest, &attribute)) {
		if (attribute.type == CTA_TUPLE_IP)
			read_addresses(attribute.value, family, &tuple);
		else if (attribute.type == CTA_TUPLE_PROTO)
			read_protocol(attribute.value, &tuple);
	}
	*flow = tuple.flow;
	return tuple.parts == ALL_PARTS;
}

/* The first attribute of that type; empty where there is none. */
static struct slice find_attribute(struct slice rest, uint16_t type)
{
	struct attribute attribute;

	while (take_attribute(&rest, &attribute))
		if (attribute.type == type)
			return attribute.value;
	return (struct slice){ 0 };
}

static uint8_t read_state(struct slice protocol_info)
{
	struct slice tcp = find_attribute(protocol_info, CTA_PROTOINFO_TCP);
	uint8_t state = 0;

	copy_start(find_attribute(tcp, CTA_PROTOINFO_TCP_STATE), &state, sizeof(state));
	return state;
}

bool read_tracked(uint16_t type, struct slice payload, void *context)
{
	const struct tracked_reader *reader = context;
	struct tracked_connection connection = { 0 };
	struct nfgenmsg family;
	struct slice attributes;

	if (type != NEW_CONNECTION)
		return true;
	if (!copy_start(payload, &family, sizeof(family)))
		return false;
	if (family.nfgen_family != AF_INET && family.nfgen_family != AF_INET6)
		return true;
	attributes = behind(payload, NLMSG_ALIGN(sizeof(family)));
	connection.family = family.nfgen_family;
	connection.state = read_state(find_attribute(attributes, CTA_PROTOINFO));
	copy_start(find_attribute(attributes, CTA_ZONE), &connection.zone, sizeof(connection.zone));
	if (read_flow(find_attribute(attributes, CTA_TUPLE_ORIG), connection.family, &connection.original) &&
	    read_flow(find_attribute(attributes, CTA_TUPLE_REPLY), connection.family, &connection.reply))
		reader->visit(&connection, reader->context);
	return true;
}
