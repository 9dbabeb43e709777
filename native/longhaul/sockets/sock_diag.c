/* The netlink conversation; sock_diag_reply.c reads the answers. */
#include "sockets/sock_diag.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel fills at most 32 KiB of a dump at a time, as much as it has seen the reader take. */
enum { REPLY_BYTES = 32 * 1024 };

/* The extension that asks for tcp_info. */
enum { INFO = 1 << (INET_DIAG_INFO - 1) };

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

static uint32_t next_sequence(void)
{
	static uint32_t sequence;

	return ++sequence;
}

int sock_diag_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
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

static bool send_parts(int netlink, struct iovec *parts, size_t part_count)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr message = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = parts,
	};

	/* The member is an int in musl, a size_t in glibc. */
	message.msg_iovlen = (__typeof__(message.msg_iovlen))part_count;
	return sendmsg(netlink, &message, 0) >= 0;
}

/* The bytes of the next datagram from the kernel; -1 with errno. */
static ssize_t receive(int netlink, void *buffer, size_t size)
{
	struct sockaddr_nl sender;
	struct iovec part = { buffer, size };
	struct msghdr message;
	ssize_t length;

	do {
		message = (struct msghdr){
			.msg_name = &sender,
			.msg_namelen = sizeof(sender),
			.msg_iov = &part,
			.msg_iovlen = 1,
		};
		length = recvmsg(netlink, &message, 0);
		if (length < 0 && errno != EINTR)
			return -1;
	} while (length < 0 || message.msg_namelen != sizeof(sender) || sender.nl_pid != 0);
	if (message.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return -1;
	}
	return length;
}

static bool read_replies(int netlink, uint32_t sequence, socket_visitor *visit, void *context)
{
	static unsigned char buffer[REPLY_BYTES];
	enum reply_progress progress = REPLY_MORE;

	while (progress == REPLY_MORE) {
		ssize_t length = receive(netlink, buffer, sizeof(buffer));

		if (length < 0)
			return false;
		progress = parse_reply(buffer, (size_t)length, sequence, visit, context);
	}
	return progress == REPLY_DONE;
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
	return send_parts(netlink, parts, bytecode_bytes ? 3 : 1) &&
	       read_replies(netlink, request.header.nlmsg_seq, visit, context);
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
	return send_parts(netlink, &part, 1) && read_replies(netlink, request.header.nlmsg_seq, visit, context);
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
