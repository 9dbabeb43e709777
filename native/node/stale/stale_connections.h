/* Connections of this node's clients to addresses that are gone. */
#ifndef NODE_STALE_CONNECTIONS_H
#define NODE_STALE_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/conntrack/conntrack.h"
#include "node/networks/networks.h"
#include "sockets/port_set.h"

/* Which peers are gone. */
struct gone_peers {
	struct whole_address *addresses;	/* freed when the process ends */
	size_t count;
	size_t capacity;
	struct port_set ports;			/* of theirs; empty: all */
};

struct tracked_list {
	struct tracked_connection *items;	/* freed when the process ends */
	size_t count;
	size_t capacity;
	bool out_of_memory;
};

/* Lists the established connections to them, of whatever clients; false with errno. */
bool find_stale(int conntrack, struct gone_peers *peers, struct tracked_list *list);

/* Takes those off the list whose client is in none of the networks: they are another node's. */
void keep_clients_of(const struct networks *networks, struct tracked_list *list);

enum stale_outcome {
	STALE_ENDED,
	STALE_DRY_RUN,
	STALE_ACKNOWLEDGED,	/* the peer has answered of late */
	STALE_GONE,		/* it has ended by itself, or another has its ports */
	STALE_CHANGED,		/* it leads to another peer by now, or nobody knows where */
	STALE_AMBIGUOUS,	/* several networks here have the client's address */
	STALE_FAILED,
	STALE_OUTCOME_COUNT,
};

struct stale_ending {
	int conntrack;
	const struct networks *networks;
	int64_t without_ack_ms;	/* only those whose peer has acknowledged nothing for that long */
	bool dry_run;
};

/* Ends the connection with an error for its program (ECONNABORTED); STALE_FAILED sets errno. */
enum stale_outcome end_stale(const struct stale_ending *ending, const struct tracked_connection *connection);

#endif
