/* For people, or as JSON, an object a line; there is nothing in it that somebody else wrote. */
#include "node/applets/stale_report.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "text/text.h"

static const char *const outcome_names[STALE_OUTCOME_COUNT] = {
	[STALE_ENDED] = "ended",
	[STALE_DRY_RUN] = "dry-run",
	[STALE_ACKNOWLEDGED] = "acknowledged",
	[STALE_GONE] = "gone",
	[STALE_CHANGED] = "changed",
	[STALE_AMBIGUOUS] = "ambiguous",
	[STALE_FAILED] = "failed",
};

void print_found(size_t count, bool json)
{
	printf(json ? "{\"found\":%zu}\n" : "found %zu\n", count);
	fflush(stdout);
}

static void add_end(struct text *text, const struct whole_address *address, uint16_t port)
{
	bool brackets = !is_ipv4_mapped(address->bytes);

	add_string(text, brackets ? "[" : "");
	add_address(text, AF_INET6, address->bytes);
	add_string(text, brackets ? "]:" : ":");
	add_number(text, ntohs(port));
}

static void add_line(struct text *text, const struct tracked_connection *connection, enum stale_outcome outcome,
		     int error)
{
	const struct tracked_flow *flow = &connection->original;

	add_string(text, outcome_names[outcome]);
	add_character(text, ' ');
	add_end(text, &flow->source, flow->source_port);
	add_string(text, " -> ");
	add_end(text, &flow->destination, flow->destination_port);
	add_string(text, " (");
	add_end(text, &connection->reply.source, connection->reply.source_port);
	add_character(text, ')');
	if (outcome != STALE_FAILED)
		return;
	add_string(text, ": ");
	add_string(text, strerror(error));
}

static void add_json_end(struct text *text, const char *name, const struct whole_address *address, uint16_t port)
{
	add_string(text, ",\"");
	add_string(text, name);
	add_string(text, "Address\":\"");
	add_address(text, AF_INET6, address->bytes);
	add_string(text, "\",\"");
	add_string(text, name);
	add_string(text, "Port\":");
	add_number(text, ntohs(port));
}

static void add_json(struct text *text, const struct tracked_connection *connection, enum stale_outcome outcome,
		     int error)
{
	const struct tracked_flow *flow = &connection->original;

	add_string(text, "{\"outcome\":\"");
	add_string(text, outcome_names[outcome]);
	add_character(text, '"');
	add_json_end(text, "client", &flow->source, flow->source_port);
	add_json_end(text, "service", &flow->destination, flow->destination_port);
	add_json_end(text, "backend", &connection->reply.source, connection->reply.source_port);
	if (outcome == STALE_FAILED) {
		add_string(text, ",\"error\":\"");
		add_string(text, strerror(error));
		add_character(text, '"');
	}
	add_character(text, '}');
}

void print_stale(const struct tracked_connection *connection, enum stale_outcome outcome, int error, bool json)
{
	struct text text;

	text.length = 0;
	(json ? add_json : add_line)(&text, connection, outcome, error);
	add_character(&text, '\n');
	fwrite(text.bytes, 1, text.length, stdout);
}
