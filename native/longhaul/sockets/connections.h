/* The connections that a hangup is about, and who holds them. */
#ifndef LONGHAUL_CONNECTIONS_H
#define LONGHAUL_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "processes/owners.h"
#include "sockets/endpoint.h"
#include "sockets/sock_diag.h"

/* Which connections; 0 where nothing is asked. */
struct connection_choice {
	enum side side;
	struct address_pattern address;	/* without a family: any */
	struct port_range ports;
	pid_t pid;
	int64_t older_than_ms;
	int64_t idle_for_ms;
};

struct connection {
	struct tcp_socket socket;
	const struct socket_owner *owner;	/* the first; NULL: none is known */
};

struct connection_list {
	struct connection *items;
	size_t count;
	size_t capacity;
	struct owner_map owners;	/* hidden: a connection without owner may be such a process's */
	size_t age_unknown;		/* left out: not known to be as old as asked */
	bool process_hidden;		/* the process asked for may not be looked into: nothing is listed */
	bool out_of_memory;
};

/*
 * Lists the established connections, but for those of this process, in the
 * order of the kernel's hash: that of a shuffled deck. False with errno; ESRCH
 * if the process asked for isn't there.
 */
bool find_connections(int netlink, const struct connection_choice *choice, struct connection_list *list);

/* Puts one at its end, whose holders are to be found; without memory only out_of_memory is set. */
void append_connection(struct connection_list *list, const struct tcp_socket *socket);

/* Finds out, once they are all in the list, who holds them; false with errno. */
bool find_holders(struct connection_list *list);

/* Leaves an empty list. */
void free_connections(struct connection_list *list);

/* The first process that holds it; NULL: none is known. */
const struct process *process_of(const struct connection *connection, const struct owner_map *owners);

/* The shorter of the times without data, each way. */
uint32_t connection_idle_ms(const struct tcp_socket *socket);

/*
 * What is known of a connection's age: it is at least the longer of the times
 * without data, which both start with the connection. The kernel keeps no
 * time of creation: not in tcp_info, and the inode of a socket has none.
 */
uint32_t connection_known_age_ms(const struct tcp_socket *socket);

#endif
