/* Lines for the log of the container that is ending. */
#include "applets/drain_report.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "processes/container_log.h"
#include "text/text.h"

void report_drain(const char *format, ...)
{
	char line[640] = "drain: ";
	size_t used = strlen(line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + used, sizeof(line) - used, format, arguments);
	va_end(arguments);
	write_container_log(line);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static const char *describe_seconds(int64_t ms, char *text, size_t size)
{
	snprintf(text, size, "%" PRId64 ".%" PRId64 "s", ms / 1000, ms / 100 % 10);
	return text;
}

void report_drain_start(const struct port_set *watched, int64_t timeout_ms, const struct connection_watch *watch)
{
	size_t open = watch->now.open;
	char ports[200], timeout[32];

	port_set_describe(watched, ports, sizeof(ports));
	report_drain("%zu connection%s on %s, waiting at most %s", open, plural(open), ports,
		     describe_seconds(timeout_ms, timeout, sizeof(timeout)));
}

/* "; port 8080 from 10.0.0.7:41000, port 8080 from [fd00::7]:41000" */
static void describe_examples(const struct connection_counts *left, struct text *text)
{
	size_t count = left->open < MAX_EXAMPLES ? left->open : MAX_EXAMPLES;

	for (size_t index = 0; index < count; index++) {
		const struct tcp_socket *socket = &left->examples[index];
		bool brackets = socket->family == AF_INET6 &&
				!is_ipv4_mapped((const unsigned char *)socket->id.idiag_dst);

		add_string(text, index ? ", port " : "; port ");
		add_number(text, ntohs(socket->id.idiag_sport));
		add_string(text, brackets ? " from [" : " from ");
		add_address(text, socket->family, socket->id.idiag_dst);
		add_string(text, brackets ? "]:" : ":");
		add_number(text, ntohs(socket->id.idiag_dport));
	}
	add_string(text, count < left->open ? " and more" : "");
	add_character(text, '\0');
}

void report_drain_end(const struct port_set *watched, int64_t waited_ms, const struct connection_watch *watch)
{
	const struct connection_counts *left = &watch->now;
	size_t most = watch->most;
	char ports[200], waited[32], quiet[80] = "";
	struct text examples;

	examples.length = 0;
	describe_examples(left, &examples);
	port_set_describe(watched, ports, sizeof(ports));
	describe_seconds(waited_ms, waited, sizeof(waited));
	if (left->quiet)
		snprintf(quiet, sizeof(quiet), "; %zu half-closed and quiet, not waited for", left->quiet);
	if (!most)
		report_drain("no %sconnections on %s%s", left->quiet ? "open " : "", ports, quiet);
	else if (!left->open && !left->quiet)
		report_drain("%zu connection%s on %s ended after %s", most, plural(most), ports, waited);
	else
		report_drain("%zu of %zu connection%s on %s still open after %s%s%s", left->open, most, plural(most),
			     ports, waited, quiet, examples.bytes);
}
