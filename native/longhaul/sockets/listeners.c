/* Listening sockets, matched to processes through their inodes; listeners.h says which ones count. */
#include "sockets/listeners.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "processes/proc.h"
#include "sockets/sock_diag.h"

struct listener {
	uint32_t inode;
	uint16_t port;
};

struct listener_list {
	struct listener *items;
	size_t count;
	bool out_of_memory;
};

static void add_listener(const struct tcp_socket *socket, void *context)
{
	struct listener_list *list = context;
	struct listener *items = reallocarray(list->items, list->count + 1, sizeof(*items));

	if (!items) {
		list->out_of_memory = true;
		return;
	}
	list->items = items;
	items[list->count++] = (struct listener){ socket->inode, ntohs(socket->id.idiag_sport) };
}

/*
 * Some settings of the network stack exist only once, so only the first
 * network namespace, the node's, shows them. (It can't be compared with that
 * of the node's init: a container doesn't see that process.)
 */
static bool is_host_network(void)
{
	return access("/proc/sys/net/core/dev_weight", F_OK) == 0;
}

static bool find_listener_owners(const struct listener_list *list, struct owner_map *map)
{
	if (!create_owner_map(map, list->count))
		return false;
	for (size_t index = 0; index < list->count; index++)
		want_inode(map, list->items[index].inode);
	return find_owners(map, true);
}

static bool add_ports(const struct listener_list *list, struct port_set *ports, bool *hidden)
{
	struct owner_map map;
	bool found = find_listener_owners(list, &map);
	bool add_all = map.hidden && !is_host_network();

	*hidden = list->count && map.hidden && !map.owner_count && !add_all;
	for (size_t index = 0; found && index < list->count; index++)
		if (add_all || first_owner(&map, list->items[index].inode))
			port_set_add(ports, list->items[index].port);
	free_owner_map(&map);
	return found;
}

bool add_listening_ports(int netlink, struct port_set *ports, bool *hidden)
{
	const struct socket_query query = { .states = 1U << TCP_LISTEN };
	struct listener_list list = { 0 };
	bool added = sock_diag_dump(netlink, &query, add_listener, &list) && !list.out_of_memory &&
		     add_ports(&list, ports, hidden);

	free(list.items);
	return added;
}
