/* One dump, filtered in the kernel as far as it can, then one pass over /proc. */
#include "sockets/connections.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "growing.h"
#include "processes/proc.h"

struct collector {
	const struct connection_choice *choice;
	struct connection_list *list;
};

uint32_t connection_idle_ms(const struct tcp_socket *socket)
{
	return socket->sent_ms_ago < socket->received_ms_ago ? socket->sent_ms_ago : socket->received_ms_ago;
}

uint32_t connection_known_age_ms(const struct tcp_socket *socket)
{
	return socket->sent_ms_ago > socket->received_ms_ago ? socket->sent_ms_ago : socket->received_ms_ago;
}

void append_connection(struct connection_list *list, const struct tcp_socket *socket)
{
	struct connection *items = grow(list->items, list->count, &list->capacity, sizeof(*items));

	if (!items) {
		list->out_of_memory = true;
		return;
	}
	list->items = items;
	items[list->count++] = (struct connection){ .socket = *socket };
}

static void collect(const struct tcp_socket *socket, void *context)
{
	const struct collector *collector = context;

	if (connection_idle_ms(socket) >= collector->choice->idle_for_ms)
		append_connection(collector->list, socket);
}

static bool want_all(struct connection_list *list)
{
	if (!create_owner_map(&list->owners, list->count))
		return false;
	for (size_t index = 0; index < list->count; index++)
		want_inode(&list->owners, list->items[index].socket.inode);
	return true;
}

bool find_holders(struct connection_list *list)
{
	if (!want_all(list) || !find_owners(&list->owners))
		return false;
	for (size_t index = 0; index < list->count; index++)
		list->items[index].owner = first_owner(&list->owners, list->items[index].socket.inode);
	return true;
}

/* Our own descriptors are looked at in any case: what we share with a parent is ours too. */
static bool look_up_owners(struct connection_list *list, pid_t pid)
{
	struct owner_map *map = &list->owners;

	if (!want_all(list))
		return false;
	if (pid == 0)
		return find_owners(map);
	if (!find_owners_in(pid, map))
		return false;
	list->process_hidden = map->hidden;
	return find_owners_in(getpid(), map);
}

static bool is_held_by(const struct owner_map *map, const struct socket_owner *owner, pid_t pid)
{
	while (owner && map->processes[owner->process].pid != pid)
		owner = next_owner(map, owner);
	return owner != NULL;
}

/*
 * With --pid, only what is known to be that process's: a connection without an
 * owner may be anybody's. That goes for what is left out for its age, too: it is
 * told.
 */
static void keep_chosen(struct connection_list *list, const struct connection_choice *choice)
{
	const struct owner_map *map = &list->owners;
	pid_t pid = choice->pid, self = getpid();
	size_t kept = 0;

	for (size_t index = 0; index < list->count; index++) {
		struct connection connection = list->items[index];

		connection.owner = first_owner(map, connection.socket.inode);
		if (is_held_by(map, connection.owner, self) ||
		    (pid && !is_held_by(map, connection.owner, pid)))
			continue;
		if (connection_known_age_ms(&connection.socket) < choice->older_than_ms)
			list->age_unknown++;
		else
			list->items[kept++] = connection;
	}
	list->count = kept;
}

bool find_connections(int netlink, const struct connection_choice *choice, struct connection_list *list)
{
	struct collector collector = { choice, list };
	const struct socket_query query = {
		.states = 1U << TCP_ESTABLISHED,
		.with_info = true,
		.filter = {
			.side = choice->side,
			.address = choice->address.family ? &choice->address : NULL,
			.ranges = &choice->ports,
			.range_count = choice->ports.first || choice->ports.last != UINT16_MAX,
		},
	};

	if (!sock_diag_dump(netlink, &query, collect, &collector))
		return false;
	if (list->out_of_memory) {
		errno = ENOMEM;
		return false;
	}
	if (!look_up_owners(list, choice->pid))
		return false;
	keep_chosen(list, choice);
	return true;
}

const struct process *process_of(const struct connection *connection, const struct owner_map *owners)
{
	return connection->owner ? &owners->processes[connection->owner->process] : NULL;
}

void free_connections(struct connection_list *list)
{
	free(list->items);
	free_owner_map(&list->owners);
	*list = (struct connection_list){ 0 };
}
