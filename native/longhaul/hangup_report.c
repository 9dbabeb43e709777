/*
 * Lines for people and for programs. A process chooses its own name, so it is
 * printed with nothing in it that a terminal or a JSON parser would act on.
 */
#include "hangup_report.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_HUNG_UP] = "hung-up",
	[OUTCOME_RESET] = "reset",
	[OUTCOME_DRY_RUN] = "dry-run",
	[OUTCOME_GONE] = "gone",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_UNOWNED] = "unowned",
	[OUTCOME_FAILED] = "failed",
};

struct seconds {
	uint32_t whole;
	uint32_t thousandths;
};

static struct seconds to_seconds(uint32_t ms)
{
	return (struct seconds){ ms / 1000, ms % 1000 };
}

static bool is_plain(char character)
{
	return character >= ' ' && character <= '~';
}

static void print_json_name(const char *name)
{
	putchar('"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			printf("\\%c", *name);
		else if (is_plain(*name))
			putchar(*name);
		else
			printf("\\u%04x", (unsigned char)*name);
	}
	putchar('"');
}

static void print_json(const struct connection *connection, enum outcome outcome)
{
	const struct tcp_socket *socket = &connection->socket;
	struct seconds age = to_seconds(connection_known_age_ms(socket));
	struct seconds idle = to_seconds(connection_idle_ms(socket));
	char local[ENDPOINT_LENGTH], remote[ENDPOINT_LENGTH];

	printf("{\"localAddress\":\"%s\",\"localPort\":%u,\"remoteAddress\":\"%s\",\"remotePort\":%u",
	       format_address(socket->family, socket->id.idiag_src, local), ntohs(socket->id.idiag_sport),
	       format_address(socket->family, socket->id.idiag_dst, remote), ntohs(socket->id.idiag_dport));
	if (connection->owners) {
		printf(",\"pid\":%d,\"process\":", connection->owners->pid);
		print_json_name(connection->owners->name);
	} else {
		printf(",\"pid\":null,\"process\":null");
	}
	printf(",\"minimumAgeSeconds\":%" PRIu32 ".%03" PRIu32 ",\"idleSeconds\":%" PRIu32 ".%03" PRIu32
	       ",\"outcome\":\"%s\"}\n", age.whole, age.thousandths, idle.whole, idle.thousandths,
	       outcome_names[outcome]);
}

static void print_endpoint(uint8_t family, const void *address, uint16_t port)
{
	char text[ENDPOINT_LENGTH];
	bool brackets = false;

	format_address(family, address, text);
	for (const char *character = text; *character; character++)
		brackets = brackets || *character == ':';
	printf(brackets ? "[%s]:%u " : "%s:%u ", text, ntohs(port));
}

static void print_line(const struct connection *connection, enum outcome outcome)
{
	const struct tcp_socket *socket = &connection->socket;

	print_endpoint(socket->family, socket->id.idiag_src, socket->id.idiag_sport);
	print_endpoint(socket->family, socket->id.idiag_dst, socket->id.idiag_dport);
	if (connection->owners) {
		for (const char *name = connection->owners->name; *name; name++)
			putchar(is_plain(*name) ? *name : '?');
		printf("[%d] ", connection->owners->pid);
	}
	printf("idle %" PRIu32 "s: %s\n", to_seconds(connection_idle_ms(socket)).whole, outcome_names[outcome]);
}

void print_connection(const struct connection *connection, enum outcome outcome, bool json)
{
	if (json)
		print_json(connection, outcome);
	else
		print_line(connection, outcome);
}

void print_summary(const struct outcome_counts *counts, size_t age_unknown, bool json)
{
	FILE *stream = json ? stderr : stdout;
	const char *separator = "";

	for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		if (!counts->of[outcome])
			continue;
		fprintf(stream, "%s%zu %s", separator, counts->of[outcome], outcome_names[outcome]);
		separator = ", ";
	}
	fprintf(stream, "%s\n", *separator ? "" : "no connection matched");
	if (age_unknown)
		fprintf(stream, "%zu left alone: not known to be that old\n", age_unknown);
}

static const char *explain_error(int error)
{
	switch (error) {
	case ENOSYS:
		return "needs Linux 5.6; --reset works on older ones too";
	case EOPNOTSUPP:
		return "--reset needs a kernel with CONFIG_INET_DIAG_DESTROY";
	default:
		return strerror(error);
	}
}

bool explain_failures(const struct outcome_counts *counts, bool reset)
{
	const size_t *of = counts->of;

	if (of[OUTCOME_DENIED] && reset)
		warnx("hangup: --reset needs CAP_NET_ADMIN over the network namespace");
	else if (of[OUTCOME_DENIED])
		warnx("hangup: needs CAP_SYS_PTRACE to act on the sockets of other processes");
	if (of[OUTCOME_UNOWNED])
		warnx("hangup: a connection without a process seen here is not accepted yet, the kernel's own, "
		      "or held in another PID namespace; --reset ends these too");
	if (of[OUTCOME_FAILED])
		warnx("hangup: %s", explain_error(counts->error));
	return !of[OUTCOME_DENIED] && !of[OUTCOME_UNOWNED] && !of[OUTCOME_FAILED];
}
