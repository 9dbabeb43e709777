/*
 * What counts as open:
 *
 * - ESTABLISHED, accepted by the application or not yet. A handshake that is
 *   not complete (SYN_RECV) does not count: nothing has been promised yet.
 * - Half-closed (one side has sent its FIN, the other direction still works)
 *   while it carries data: data of ours waits for the peer's acknowledgement,
 *   or a process holds the socket and data moved within the last seconds. One
 *   that is merely never closed (CLOSE_WAIT, a common leak) does not count, as
 *   "quiet" instead.
 *
 * TIME_WAIT is over, and LISTEN no connection.
 *
 * Connections within the pod don't count: a pool that a helper's client keeps
 * open ends only with that client. Where a proxy in the pod hands its clients'
 * sessions over, those clients' own connections to the proxy count.
 */
#include "sockets/open_connections.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "sockets/sock_diag.h"

enum { HALF_CLOSED_QUIET_MS = 5000 };

static const uint32_t counted_states = 1U << TCP_ESTABLISHED | 1U << TCP_FIN_WAIT1 | 1U << TCP_FIN_WAIT2 |
				       1U << TCP_CLOSE_WAIT | 1U << TCP_LAST_ACK | 1U << TCP_CLOSING;

/* Our own FIN, sent in all of these states but CLOSE_WAIT, stands in the queue as one byte. */
static bool waits_for_acknowledgement(const struct tcp_socket *socket)
{
	return socket->send_queue_bytes > (socket->state == TCP_CLOSE_WAIT ? 0 : 1);
}

static bool moved_data(const struct tcp_socket *socket)
{
	return socket->inode && socket->has_info &&
	       (socket->sent_ms_ago < HALF_CLOSED_QUIET_MS || socket->received_ms_ago < HALF_CLOSED_QUIET_MS);
}

struct counting {
	const struct connection_scope *scope;
	struct connection_counts *counts;
	socket_visitor *visit;		/* NULL: nobody */
	void *context;
};

static void count_open(const struct counting *counting, const struct tcp_socket *socket)
{
	struct connection_counts *counts = counting->counts;

	if (counts->open < MAX_EXAMPLES)
		counts->examples[counts->open] = *socket;
	counts->open++;
	if (counting->visit)
		counting->visit(socket, counting->context);
}

/* What no process holds any more is over for the application. */
static void count_connection(const struct tcp_socket *socket, void *context)
{
	const struct counting *counting = context;

	if (is_from_inside(&counting->scope->inside, socket))
		return;
	if (socket->state == TCP_ESTABLISHED || waits_for_acknowledgement(socket) || moved_data(socket))
		count_open(counting, socket);
	else if (socket->inode)
		counting->counts->quiet++;
}

static bool count_through(int netlink, struct counting *counting)
{
	static struct port_range ranges[FILTER_MAX_RANGES];
	/* One list of all states: a connection may pass from one to the next between two. */
	struct socket_query query = {
		.states = counted_states,
		.with_info = true,
		.filter = { .side = SIDE_LOCAL, .ranges = ranges },
	};
	const struct port_set *ports = &counting->scope->ports;
	uint32_t cursor = 0;

	while ((query.filter.range_count = port_set_ranges(ports, &cursor, ranges, FILTER_MAX_RANGES)))
		if (!sock_diag_dump(netlink, &query, count_connection, counting))
			return false;
	return true;
}

bool count_connections(const struct connection_scope *scope, struct connection_counts *counts,
		       socket_visitor *visit, void *context)
{
	struct counting counting = { scope, counts, visit, context };
	int netlink = sock_diag_open();
	bool counted;
	int error;

	*counts = (struct connection_counts){ 0 };
	counted = netlink >= 0 && count_through(netlink, &counting);
	error = errno;
	if (netlink >= 0)
		close(netlink);
	errno = error;
	return counted;
}
