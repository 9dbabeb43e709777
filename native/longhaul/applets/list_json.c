/* An object a line for each connection. */
#include "applets/connection_text.h"
#include "applets/list_report.h"

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
	print_line(&text);
}
