/* Lines for the log of the container that is ending. */
#include "applets/drain_report.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "processes/borrowing_rights.h"
#include "processes/container_log.h"
#include "text/text.h"

void report_drain(const char *format, ...)
{
	char line[1400] = "drain: ";
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
}

static void describe_obstacles(const struct outcome_counts *hangups, struct text *text)
{
	const char *separator = ", and ";

	add_string(text, what_forbids_borrowing());
	add_string(text, " forbids to shut down sockets of other processes");
	for (enum obstacle obstacle = 0; obstacle < OBSTACLE_COUNT; obstacle++) {
		if (!hangups->behind[obstacle])
			continue;
		add_string(text, separator);
		add_string(text, describe_obstacle(obstacle));
		separator = "; ";
	}
}

static void describe_count(size_t count, const char *what, struct text *text)
{
	if (!count)
		return;
	add_string(text, "; ");
	add_number(text, (uint32_t)count);
	add_string(text, what);
}

/* "; 37 hung up; 3 not reached: " and why. What belongs to another container's processes is left to its own drain. */
static void describe_hangups(const struct outcome_counts *hangups, struct text *text)
{
	const size_t *of = hangups->of;

	describe_count(of[OUTCOME_HUNG_UP], " hung up", text);
	describe_count(of[OUTCOME_NOT_REACHED], " not reached: ", text);
	if (of[OUTCOME_NOT_REACHED])
		describe_obstacles(hangups, text);
	describe_count(of[OUTCOME_DENIED], " not reached: of another container, or of a process that may not be looked into",
		       text);
	describe_count(of[OUTCOME_FAILED], " not reached: ", text);
	if (of[OUTCOME_FAILED])
		add_string(text, strerror(hangups->error));
}


void report_drain_end(const struct port_set *watched, int64_t waited_ms, const struct connection_watch *watch,
		      const struct outcome_counts *hangups)
{
	const struct connection_counts *left = &watch->now;
	size_t most = watch->most;
	char ports[200], waited[32];
	struct text more;

	more.length = 0;
	describe_count(left->quiet, " half-closed and quiet, not waited for", &more);
	describe_hangups(hangups, &more);
	describe_examples(left, &more);
	add_character(&more, '\0');
	port_set_describe(watched, ports, sizeof(ports));
	describe_seconds(waited_ms, waited, sizeof(waited));
	if (!most)
		report_drain("no %sconnections on %s%s", left->quiet ? "open " : "", ports, more.bytes);
	else if (!left->open && !left->quiet)
		report_drain("%zu connection%s on %s ended after %s%s", most, plural(most), ports, waited, more.bytes);
	else
		report_drain("%zu of %zu connection%s on %s still open after %s%s", left->open, most, plural(most),
			     ports, waited, more.bytes);
}
