/* A line for each connection, in columns. */
#include <stdio.h>

#include "applets/connection_text.h"
#include "applets/list_report.h"

static void add_local(struct text *text, const struct tcp_socket *socket)
{
	add_endpoint(text, socket->family, socket->id.idiag_src, socket->id.idiag_sport);
}

static void add_remote(struct text *text, const struct tcp_socket *socket)
{
	add_endpoint(text, socket->family, socket->id.idiag_dst, socket->id.idiag_dport);
}

static size_t length_of(void (*add)(struct text *, const struct tcp_socket *), const struct tcp_socket *socket)
{
	struct text text;

	text.length = 0;
	add(&text, socket);
	return text.length;
}

static size_t larger(size_t left, size_t right)
{
	return left > right ? left : right;
}

struct columns measure_columns(const struct connection_list *list)
{
	struct columns columns = { sizeof("LOCAL") - 1, sizeof("PEER") - 1 };

	for (size_t index = 0; index < list->count; index++) {
		const struct tcp_socket *socket = &list->items[index].socket;

		columns.local = larger(columns.local, length_of(add_local, socket));
		columns.remote = larger(columns.remote, length_of(add_remote, socket));
	}
	return columns;
}

static void add_whole_seconds(struct text *text, uint32_t ms)
{
	add_number(text, ms / 1000);
	add_character(text, 's');
}

/* "on, 41s left": until the next probe, where that is what the kernel waits for. */
static void add_keepalive(struct text *text, const struct connection_view *view)
{
	static const char *const names[] = {
		[KEEPALIVE_UNKNOWN] = "?",
		[KEEPALIVE_OFF] = "off",
		[KEEPALIVE_ON] = "on",
	};

	add_string(text, names[view->keepalive]);
	if (view->socket->timer != TIMER_KEEPALIVE)
		return;
	add_string(text, ", ");
	add_whole_seconds(text, view->socket->timer_ms);
	add_string(text, " left");
}

static void add_user_timeout(struct text *text, int64_t ms)
{
	if (ms < 0)
		add_character(text, '?');
	else if (ms == 0)
		add_string(text, "off");
	else
		add_whole_seconds(text, (uint32_t)ms);
}

static void add_process_or_mark(struct text *text, const struct process *process)
{
	if (process)
		add_process_name(text, process);
	else
		add_character(text, '?');
}

enum column { LOCAL, PEER, DIRECTION, IDLE, KEEPALIVE, USER_TIMEOUT, QUEUES, RETRANSMITTED, ROUND_TRIP, PROCESS };

static const char *const heads[] = { "LOCAL",	     "PEER",	     "DIR", "IDLE",  "KEEPALIVE",
				     "USER-TIMEOUT", "RECV/SEND-Q", "RETR", "RTT-MS", "PROCESS" };

/* Of each column with the blanks behind it; the last ends the line. */
static size_t width_of(const struct columns *columns, enum column column)
{
	static const size_t fixed[] = { [DIRECTION] = 5, [IDLE] = 9, [KEEPALIVE] = 16, [USER_TIMEOUT] = 14,
					[QUEUES] = 15, [RETRANSMITTED] = 6, [ROUND_TRIP] = 9, [PROCESS] = 0 };

	if (column == LOCAL)
		return columns->local + 2;
	return column == PEER ? columns->remote + 2 : fixed[column];
}

static void add_cell(struct text *text, const struct connection_view *view, enum column column)
{
	const struct tcp_socket *socket = view->socket;

	switch (column) {
	case LOCAL:
		add_local(text, socket);
		break;
	case PEER:
		add_remote(text, socket);
		break;
	case DIRECTION:
		add_string(text, view->incoming ? "in" : "out");
		break;
	case IDLE:
		add_whole_seconds(text, connection_idle_ms(socket));
		break;
	case KEEPALIVE:
		add_keepalive(text, view);
		break;
	case USER_TIMEOUT:
		add_user_timeout(text, view->user_timeout_ms);
		break;
	case QUEUES:
		add_number(text, socket->receive_queue_bytes);
		add_character(text, '/');
		add_number(text, socket->send_queue_bytes);
		break;
	case RETRANSMITTED:
		add_number(text, socket->retransmissions);
		break;
	case ROUND_TRIP:
		add_number(text, (socket->round_trip_us + 500) / 1000);
		break;
	case PROCESS:
		add_process_or_mark(text, view->process);
		break;
	}
}

static void print_head(const struct columns *columns)
{
	struct text text;
	size_t end = 0;

	text.length = 0;
	for (enum column column = LOCAL; column <= PROCESS; column++) {
		add_string(&text, heads[column]);
		pad_to(&text, end += width_of(columns, column));
	}
	print_line(&text);
}

void print_row(const struct columns *columns, const struct connection_view *view, bool with_head)
{
	struct text text;
	size_t end = 0;

	if (with_head)
		print_head(columns);
	text.length = 0;
	for (enum column column = LOCAL; column <= PROCESS; column++) {
		add_cell(&text, view, column);
		pad_to(&text, end += width_of(columns, column));
	}
	print_line(&text);
}
