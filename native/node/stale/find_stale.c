/* Connections are found by the address that answers, which a Service's address hides from the client. */
#include <errno.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "growing.h"
#include "node/stale/stale_connections.h"

/* For each filtered dump the kernel walks its whole table: for more addresses than these one that is not filtered is cheaper. */
enum { MOST_FILTERED_DUMPS = 8 };

struct search {
	const struct gone_peers *peers;
	struct tracked_list *list;
};

static int compare_items(const void *one, const void *other)
{
	return compare_addresses(one, other);
}

static bool is_gone(const struct gone_peers *peers, const struct tracked_flow *reply)
{
	return (port_set_is_empty(&peers->ports) || port_set_has(&peers->ports, ntohs(reply->source_port))) &&
	       bsearch(&reply->source, peers->addresses, peers->count, sizeof(*peers->addresses), compare_items);
}

static void note_stale(const struct tracked_connection *connection, void *context)
{
	const struct search *search = context;
	struct tracked_list *list = search->list;
	struct tracked_connection *grown;

	if (connection->state != TCP_CONNTRACK_ESTABLISHED || !is_gone(search->peers, &connection->reply))
		return;
	grown = grow(list->items, list->count, &list->capacity, sizeof(*list->items));
	if (!grown) {
		list->out_of_memory = true;
		return;
	}
	list->items = grown;
	list->items[list->count++] = *connection;
}

static size_t count_ipv4(const struct gone_peers *peers)
{
	size_t count = 0;

	for (size_t index = 0; index < peers->count; index++)
		count += is_ipv4_mapped(peers->addresses[index].bytes);
	return count;
}

static bool dump_one_by_one(int conntrack, struct search *search)
{
	bool dumped = true;

	for (size_t index = 0; dumped && index < search->peers->count; index++) {
		const struct whole_address *address = &search->peers->addresses[index];

		if (is_ipv4_mapped(address->bytes))
			dumped = conntrack_dump_to(conntrack, address, note_stale, search);
	}
	return dumped;
}

static bool dump(int conntrack, struct search *search)
{
	size_t ipv4_count = count_ipv4(search->peers);
	bool dumped = ipv4_count <= MOST_FILTERED_DUMPS ? dump_one_by_one(conntrack, search) :
							  conntrack_dump(conntrack, AF_INET, note_stale, search);

	if (dumped && ipv4_count < search->peers->count)
		dumped = conntrack_dump(conntrack, AF_INET6, note_stale, search);
	return dumped;
}

bool find_stale(int conntrack, struct gone_peers *peers, struct tracked_list *list)
{
	struct search search = { peers, list };

	qsort(peers->addresses, peers->count, sizeof(*peers->addresses), compare_items);
	if (!dump(conntrack, &search))
		return false;
	if (list->out_of_memory)
		errno = ENOMEM;
	return !list->out_of_memory;
}

void keep_clients_of(const struct networks *networks, struct tracked_list *list)
{
	size_t kept = 0;
	int sock_diag;

	for (size_t index = 0; index < list->count; index++)
		if (find_holder(networks, &list->items[index].original.source, &sock_diag) != HELD_NOWHERE)
			list->items[kept++] = list->items[index];
	list->count = kept;
}
