/* A line for each connection. */
#include "applets/list_report.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "applets/connection_text.h"

enum keepalive keepalive_by_timer(const struct tcp_socket *socket)
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

void read_options(int socket, enum keepalive *keepalive, int64_t *user_timeout_ms)
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

static void print_text(struct text *text)
{
	add_character(text, '\n');
	fwrite(text->bytes, 1, text->length, stdout);
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
	print_text(&text);
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
	print_text(&text);
}

static void add_member(struct text *text, const char *name)
{
	add_string(text, ",\"");
	add_string(text, name);
	add_string(text, "\":");
}

static void add_seconds_or_null(struct text *text, int64_t ms)
{
	if (ms < 0)
		add_string(text, "null");
	else
		add_seconds(text, (uint32_t)ms);
}

void print_json(const struct connection_view *view)
{
	static const char *const keepalive_values[] = {
		[KEEPALIVE_UNKNOWN] = "null",
		[KEEPALIVE_OFF] = "false",
		[KEEPALIVE_ON] = "true",
	};
	const struct tcp_socket *socket = view->socket;
	struct text text;

	text.length = 0;
	add_json_connection(&text, socket, view->process);
	add_member(&text, "direction");
	add_string(&text, view->incoming ? "\"in\"" : "\"out\"");
	add_member(&text, "receiveQueueBytes");
	add_number(&text, socket->receive_queue_bytes);
	add_member(&text, "sendQueueBytes");
	add_number(&text, socket->send_queue_bytes);
	add_member(&text, "lastSentSeconds");
	add_seconds(&text, socket->sent_ms_ago);
	add_member(&text, "lastReceivedSeconds");
	add_seconds(&text, socket->received_ms_ago);
	add_member(&text, "keepalive");
	add_string(&text, keepalive_values[view->keepalive]);
	add_member(&text, "keepaliveLeftSeconds");
	add_seconds_or_null(&text, socket->timer == TIMER_KEEPALIVE ? (int64_t)socket->timer_ms : -1);
	add_member(&text, "userTimeoutSeconds");
	add_seconds_or_null(&text, view->user_timeout_ms);
	add_member(&text, "retransmissions");
	add_number(&text, socket->retransmissions);
	add_member(&text, "roundTripMicroseconds");
	add_number(&text, socket->round_trip_us);
	add_character(&text, '}');
	print_text(&text);
}
