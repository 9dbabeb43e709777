/* What the kernel's list tells, and what a copy of the descriptor tells besides. */
#include "applets/connection_view.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "processes/borrowed_socket.h"

/* While data is on its way, the kernel's list does not tell of keepalive. */
static enum keepalive keepalive_by_timer(const struct tcp_socket *socket)
{
	switch (socket->timer) {
	case TIMER_KEEPALIVE:
		return KEEPALIVE_ON;
	case TIMER_NONE:
		return KEEPALIVE_OFF;
	default:
		return KEEPALIVE_UNKNOWN;
	}
}

static void read_options(int socket, enum keepalive *keepalive, int64_t *user_timeout_ms)
{
	unsigned int timeout_ms;
	int on;
	socklen_t size = sizeof(on);

	if (getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, &size) == 0)
		*keepalive = on ? KEEPALIVE_ON : KEEPALIVE_OFF;
	size = sizeof(timeout_ms);
	if (getsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, &size) == 0)
		*user_timeout_ms = timeout_ms;
}

struct connection_view view_connection(const struct connection *connection, const struct owner_map *owners,
				       const struct port_set *listening)
{
	const struct tcp_socket *tcp = &connection->socket;
	int borrowed = connection->owner ? borrow_socket(owners, connection->owner) : -1;
	struct connection_view view = {
		.socket = tcp,
		.process = process_of(connection, owners),
		.incoming = port_set_has(listening, ntohs(tcp->id.idiag_sport)),
		.keepalive = keepalive_by_timer(tcp),
		.user_timeout_ms = -1,
	};

	if (borrowed >= 0) {
		read_options(borrowed, &view.keepalive, &view.user_timeout_ms);
		close(borrowed);
	}
	return view;
}
