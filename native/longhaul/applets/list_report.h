/* What list prints: a table for people, or JSON. */
#ifndef LONGHAUL_LIST_REPORT_H
#define LONGHAUL_LIST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sockets/connections.h"

enum keepalive { KEEPALIVE_UNKNOWN, KEEPALIVE_OFF, KEEPALIVE_ON };

/* A connection, with what is known of it. */
struct connection_view {
	const struct tcp_socket *socket;
	const struct process *process;	/* NULL: none is known */
	bool incoming;			/* its local port is listened on */
	enum keepalive keepalive;
	int64_t user_timeout_ms;	/* 0: the kernel's own limit; -1: not known */
};

/* As far as the kernel's list tells: while data is on its way, it does not. */
enum keepalive keepalive_by_timer(const struct tcp_socket *socket);

/* What only a copy of the descriptor tells; left as it is where it has no such options. */
void read_options(int socket, enum keepalive *keepalive, int64_t *user_timeout_ms);

/* The widths of the columns that depend on what stands in them. */
struct columns {
	size_t local;
	size_t remote;
};

struct columns measure_columns(const struct connection_list *list);

void print_row(const struct columns *columns, const struct connection_view *view, bool with_head);
void print_json(const struct connection_view *view);

#endif
