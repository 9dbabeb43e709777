/*
 * The order of the looks is what makes it safe. A socket that was there when
 * the tracked connection was looked at, and still is when it is ended, is that
 * connection's own: the kernel's cookie tells it from a later one between the
 * same ports.
 */
#include <errno.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <netinet/tcp.h>
#include <string.h>

#include "node/stale/stale_connections.h"
#include "sockets/sock_diag.h"

/* The socket that a client's flow is of, as it is known before its cookie is. */
static struct tcp_socket socket_of(const struct tracked_connection *connection)
{
	const struct tracked_flow *flow = &connection->original;
	size_t skipped = connection->family == AF_INET ? MAPPED_PREFIX_BYTES : 0;
	size_t size = sizeof(flow->source.bytes) - skipped;
	struct tcp_socket socket = {
		.family = connection->family,
		.id = {
			.idiag_sport = flow->source_port,
			.idiag_dport = flow->destination_port,
			.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
		},
	};

	memcpy(socket.id.idiag_src, flow->source.bytes + skipped, size);
	memcpy(socket.id.idiag_dst, flow->destination.bytes + skipped, size);
	return socket;
}

static bool is_same_flow(const struct tracked_flow *one, const struct tracked_flow *other)
{
	return !compare_addresses(&one->source, &other->source) &&
	       !compare_addresses(&one->destination, &other->destination) &&
	       one->source_port == other->source_port && one->destination_port == other->destination_port;
}

/* What the error of a look or of the end itself comes to, where what is asked for may be away. */
static enum stale_outcome outcome_of_error(enum stale_outcome away)
{
	return errno == ENOENT ? away : STALE_FAILED;
}

static enum stale_outcome end_socket(const struct stale_ending *ending, const struct tracked_connection *connection,
				     int sock_diag)
{
	const struct tcp_socket wanted = socket_of(connection);
	struct tcp_socket socket;
	struct tracked_connection now;

	if (!sock_diag_look(sock_diag, &wanted, &socket))
		return outcome_of_error(STALE_GONE);
	/* Where no connection has the ports, the kernel answers with a listener. */
	if (socket.state != TCP_ESTABLISHED)
		return STALE_GONE;
	if (ending->without_ack_ms && (!socket.has_info || socket.acknowledged_ms_ago < ending->without_ack_ms))
		return STALE_ACKNOWLEDGED;
	if (!conntrack_look(ending->conntrack, connection, &now))
		return outcome_of_error(STALE_CHANGED);
	if (now.state != TCP_CONNTRACK_ESTABLISHED || !is_same_flow(&now.reply, &connection->reply))
		return STALE_CHANGED;
	if (ending->dry_run)
		return STALE_DRY_RUN;
	return sock_diag_destroy(sock_diag, &socket) ? STALE_ENDED : outcome_of_error(STALE_GONE);
}

enum stale_outcome end_stale(const struct stale_ending *ending, const struct tracked_connection *connection)
{
	int sock_diag;

	switch (find_holder(ending->networks, &connection->original.source, &sock_diag)) {
	case HELD_ONCE:
		return end_socket(ending, connection, sock_diag);
	case HELD_SEVERAL_TIMES:
		return STALE_AMBIGUOUS;
	default:
		return STALE_GONE;
	}
}
