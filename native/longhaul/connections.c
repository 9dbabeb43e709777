/* One dump, filtered in the kernel as far as it can, then one pass over /proc. */
#include "connections.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void append_connection(struct connection_list *list, const struct tcp_socket *socket)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 64;
		struct connection *items = reallocarray(list->items, capacity, sizeof(*items));

		if (!items) {
			list->out_of_memory = true;
			return;
		}
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = (struct connection){ .socket = *socket };
}

static void collect(const struct tcp_socket *socket, void *context)
{
	const struct collector *collector = context;
	const struct connection_choice *choice = collector->choice;

	if (connection_idle_ms(socket) < choice->idle_for_ms)
		return;
	if (connection_known_age_ms(socket) < choice->older_than_ms)
		collector->list->age_unknown++;
	else
		append_connection(collector->list, socket);
}

static int compare_connections(const void *left, const void *right)
{
	const struct tcp_socket *a = &((const struct connection *)left)->socket;
	const struct tcp_socket *b = &((const struct connection *)right)->socket;
	int order = compare_inodes(&a->inode, &b->inode);

	return order ? order : memcmp(a->id.idiag_cookie, b->id.idiag_cookie, sizeof(a->id.idiag_cookie));
}

/* A dump that goes on while connections come and go may list one twice. */
static void sort_and_drop_duplicates(struct connection_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_connections);
	for (size_t index = 0; index < list->count; index++)
		if (!kept || compare_connections(&list->items[kept - 1], &list->items[index]))
			list->items[kept++] = list->items[index];
	list->count = kept;
}

/* Our own descriptors are looked at in any case: what we share with a parent is ours too. */
static bool find_all_owners(struct inode_set wanted, pid_t pid, struct owner_list *owners)
{
	bool found = pid == 0 ? find_owners(wanted, owners) :
		     find_owners_in(pid, wanted, owners) && find_owners_in(getpid(), wanted, owners);

	sort_owners(owners);
	return found;
}

static bool look_up_owners(struct connection_list *list, pid_t pid)
{
	uint32_t *inodes = calloc(list->count + 1, sizeof(*inodes));
	size_t inode_count = 0;
	bool found;

	if (!inodes)
		return false;
	for (size_t index = 0; index < list->count; index++)
		if (list->items[index].socket.inode)
			inodes[inode_count++] = list->items[index].socket.inode;
	found = find_all_owners((struct inode_set){ inodes, inode_count }, pid, &list->owners);
	free(inodes);
	return found;
}

static bool is_ours(const struct connection *connection)
{
	for (size_t index = 0; index < connection->owner_count; index++)
		if (connection->owners[index].pid == getpid())
			return true;
	return false;
}

static void keep_chosen(struct connection_list *list, pid_t pid)
{
	size_t kept = 0;

	for (size_t index = 0; index < list->count; index++) {
		struct connection connection = list->items[index];

		connection.owners = owners_of(&list->owners, connection.socket.inode, &connection.owner_count);
		if (!is_ours(&connection) && (pid == 0 || connection.owners || list->owners.hidden))
			list->items[kept++] = connection;
	}
	list->count = kept;
}

bool find_connections(int netlink, const struct connection_choice *choice, struct connection_list *list)
{
	struct collector collector = { choice, list };
	const struct socket_query query = {
		.states = 1U << TCP_ESTABLISHED,
		.with_times = true,
		.filter = {
			.side = choice->side,
			.address = &choice->address,
			.ranges = &choice->ports,
			.range_count = choice->ports.first || choice->ports.last != UINT16_MAX,
		},
	};

	if (!sock_diag_dump(netlink, &query, collect, &collector) || list->out_of_memory)
		return false;
	sort_and_drop_duplicates(list);
	if (!look_up_owners(list, choice->pid))
		return false;
	keep_chosen(list, choice->pid);
	return true;
}

void free_connections(struct connection_list *list)
{
	free(list->items);
	free(list->owners.items);
}
