/* What is asked; sock_diag_reply.c reads the answers. */
#include "sockets/sock_diag.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "sockets/netlink.h"

/* The extension that asks for tcp_info. */
enum { INFO = 1 << (INET_DIAG_INFO - 1) };

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

int sock_diag_open(void)
{
	return netlink_open(NETLINK_SOCK_DIAG);
}

static struct request new_request(uint16_t type, uint16_t flags, uint8_t family)
{
	return (struct request){
		.header = {
			.nlmsg_len = sizeof(struct request),
			.nlmsg_type = type,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
			.nlmsg_seq = next_sequence(),
		},
		.body = { .sdiag_family = family, .sdiag_protocol = IPPROTO_TCP },
	};
}

static bool ask(int netlink, struct iovec *parts, size_t part_count, socket_visitor *visit, void *context)
{
	const struct request *request = parts[0].iov_base;
	struct socket_reader reader = { visit, context };

	return netlink_ask(netlink, parts, part_count, request->header.nlmsg_seq, read_socket, &reader);
}

static bool dump_family(int netlink, const struct socket_query *query, uint8_t family, socket_visitor *visit,
			void *context)
{
	static struct inet_diag_bc_op words[FILTER_MAX_WORDS];
	size_t bytecode_bytes = filter_bytecode(&query->filter, words) * sizeof(words[0]);
	struct rtattr attribute = {
		.rta_type = INET_DIAG_REQ_BYTECODE,
		.rta_len = (uint16_t)(sizeof(attribute) + bytecode_bytes),
	};
	struct request request = new_request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, family);
	struct iovec parts[] = {
		{ &request, sizeof(request) },
		{ &attribute, sizeof(attribute) },
		{ words, bytecode_bytes },
	};

	request.body.idiag_states = query->states;
	if (query->with_info)
		request.body.idiag_ext = INFO;
	if (bytecode_bytes)
		request.header.nlmsg_len += attribute.rta_len;
	return ask(netlink, parts, bytecode_bytes ? 3 : 1, visit, context);
}

/* An IPv4 address may be that of an IPv6 socket as well, so that only IPv6 patterns save a dump. */
bool sock_diag_dump(int netlink, const struct socket_query *query, socket_visitor *visit, void *context)
{
	const struct address_pattern *address = query->filter.address;

	if (!(address && address->family == AF_INET6) && !dump_family(netlink, query, AF_INET, visit, context))
		return false;
	/* ENOENT: a kernel without IPv6. */
	return dump_family(netlink, query, AF_INET6, visit, context) || errno == ENOENT;
}

static void ignore_socket(const struct tcp_socket *socket, void *context)
{
	(void)socket;
	(void)context;
}

/* The cookie in the id makes sure that it is this connection and not a later one between the same ports. */
static bool ask_about(int netlink, uint16_t type, const struct tcp_socket *socket, socket_visitor *visit,
		      void *context)
{
	struct request request = new_request(type, NLM_F_ACK, socket->family);
	struct iovec part = { &request, sizeof(request) };

	request.body.id = socket->id;
	request.body.idiag_ext = INFO;
	return ask(netlink, &part, 1, visit, context);
}

static void note_socket(const struct tcp_socket *socket, void *context)
{
	struct tcp_socket *now = context;

	*now = *socket;
}

bool sock_diag_look(int netlink, const struct tcp_socket *socket, struct tcp_socket *now)
{
	*now = (struct tcp_socket){ 0 };
	return ask_about(netlink, SOCK_DIAG_BY_FAMILY, socket, note_socket, now);
}

bool sock_diag_is_established(int netlink, const struct tcp_socket *socket)
{
	struct tcp_socket now;

	return sock_diag_look(netlink, socket, &now) && now.state == TCP_ESTABLISHED;
}

bool sock_diag_destroy(int netlink, const struct tcp_socket *socket)
{
	return ask_about(netlink, SOCK_DESTROY, socket, ignore_socket, NULL);
}
