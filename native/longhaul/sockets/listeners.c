/* Listening sockets, whoever holds them. */
#include "sockets/listeners.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>

#include "sockets/sock_diag.h"

static void add_port(const struct tcp_socket *socket, void *context)
{
	port_set_add(context, ntohs(socket->id.idiag_sport));
}

bool add_listening_ports(int netlink, struct port_set *ports)
{
	const struct socket_query query = { .states = 1U << TCP_LISTEN };

	return sock_diag_dump(netlink, &query, add_port, ports);
}
