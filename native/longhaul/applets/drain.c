/*
 * longhaul drain: the preStop hook. It sleeps, so that endpoints and load
 * balancers forget the pod, and then waits until the connections to this
 * container's listening ports have ended, or the timeout has passed.
 *
 * The ports are read before the sleep, while the application is sure to
 * listen: some stop as soon as they learn of the shutdown. Polling the kernel
 * is cheap (the filter runs there) and needs no rights, whereas its
 * notifications of ended sockets are lost when they come fast.
 *
 * A hook that fails is reported as an alarming event and changes nothing
 * else, so whatever happens is logged and the exit status is 0.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "applet.h"
#include "processes/container_log.h"
#include "sockets/connection_watch.h"
#include "sockets/listeners.h"
#include "sockets/sock_diag.h"
#include "text/args.h"
#include "text/clock.h"
#include "text/number.h"

enum { LONGEST_HOURS = 24 };

enum option { OPTION_SLEEP, OPTION_TIMEOUT, OPTION_PORT };

static const struct option_row option_rows[] = {
	[OPTION_SLEEP] = { "sleep", "DURATION", "wait this long first, such as 5s (default: 0)" },
	[OPTION_TIMEOUT] = { "timeout", "DURATION", "then wait at most this long for connections to end (default: 0)" },
	[OPTION_PORT] = { "port", "PORT", "a port to watch instead of those this container listens on; may be repeated" },
	{ 0 },
};

struct drain {
	int64_t sleep_ms;
	int64_t timeout_ms;
	struct port_set ports;
};

static void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void report(const char *format, ...)
{
	char line[400] = "drain: ";
	size_t used = strlen(line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + used, sizeof(line) - used, format, arguments);
	va_end(arguments);
	write_container_log(line);
}

/* They are fetched instead while it sleeps, so that none is lost between a check and the sleep. */
static sigset_t block_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signals;
}

/* Sleeps until then; false if a signal came. */
static bool pause_until_ms(int64_t end_ms, const sigset_t *signals)
{
	int64_t left_ms;

	while ((left_ms = end_ms - monotonic_ms()) > 0) {
		const struct timespec left = timespec_of_ms(left_ms);

		if (sigtimedwait(signals, NULL, &left) > 0)
			return false;
	}
	return true;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void report_end(const struct drain *drain, const struct connection_watch *watch, int64_t waited_ms)
{
	const struct connection_counts *left = &watch->now;
	size_t most = watch->most;
	char ports[200], waited[32], quiet[80] = "";

	port_set_describe(&drain->ports, ports, sizeof(ports));
	snprintf(waited, sizeof(waited), "%" PRId64 ".%" PRId64 "s", waited_ms / 1000, waited_ms / 100 % 10);
	if (left->quiet)
		snprintf(quiet, sizeof(quiet), "; %zu half-closed and quiet, not waited for", left->quiet);
	if (!most)
		report("no %sconnections on %s%s", left->quiet ? "open " : "", ports, quiet);
	else if (!left->open && !left->quiet)
		report("%zu connection%s on %s ended after %s", most, plural(most), ports, waited);
	else
		report("%zu of %zu connection%s on %s still open after %s%s", left->open, most, plural(most), ports,
		       waited, quiet);
}

/* Polls until there is no connection, the time is over, or a signal came. */
static void wait_for_connections(const struct drain *drain, const sigset_t *signals)
{
	int64_t start_ms = monotonic_ms(), end_ms = start_ms + drain->timeout_ms, now_ms, next_ms;
	struct connection_watch watch = { 0 };
	bool waits;

	do {
		now_ms = monotonic_ms();
		waits = watch_connections(&drain->ports, &watch);
		next_ms = now_ms + watch.interval_ms < end_ms ? now_ms + watch.interval_ms : end_ms;
	} while (waits && now_ms < end_ms && pause_until_ms(next_ms, signals));
	if (watch.counted)
		report_end(drain, &watch, now_ms - start_ms);
	else
		report("can't list connections: %s; %s", strerror(watch.error),
		       waits ? "waited all the same" : "not waiting");
}

static void drain_connections(struct drain *drain)
{
	int64_t sleep_end_ms = monotonic_ms() + drain->sleep_ms;
	const sigset_t signals = block_signals();
	int netlink = sock_diag_open();
	bool hidden = false;
	bool listed = netlink >= 0 && (!port_set_is_empty(&drain->ports) ||
				       add_listening_ports(netlink, &drain->ports, &hidden));
	int list_error = errno;

	if (!pause_until_ms(sleep_end_ms, &signals))
		report("stopped by a signal");
	else if (!listed)
		report("can't list listening ports, not waiting: %s", strerror(list_error));
	else if (hidden)
		report("the listening ports are hidden (no CAP_SYS_PTRACE), not waiting; --port names them");
	else if (port_set_is_empty(&drain->ports))
		report("no listening port found, nothing to wait for");
	else
		wait_for_connections(drain, &signals);
}

static bool read_port(const struct args *args, struct port_set *ports)
{
	int64_t port;

	if (!parse_integer(args->value, 1, UINT16_MAX, &port))
		return args_refuse(args, "is not a port from 1 to 65535");
	port_set_add(ports, (uint16_t)port);
	return true;
}

static bool read_option(struct drain *drain, int option, const struct args *args)
{
	switch (option) {
	case OPTION_SLEEP:
		return args_read_duration(args, LONGEST_HOURS, &drain->sleep_ms);
	case OPTION_TIMEOUT:
		return args_read_duration(args, LONGEST_HOURS, &drain->timeout_ms);
	case OPTION_PORT:
		return read_port(args, &drain->ports);
	case ARGS_OPERAND:
		return args_refuse(args, "is not an option, and drain takes nothing else");
	default:
		return false;
	}
}

static int run(char **argv)
{
	static struct drain drain;
	struct args args = { .applet = &drain_applet, .next = argv };
	int option;

	while ((option = args_next(&args)) != ARGS_END)
		if (!read_option(&drain, option, &args))
			return EXIT_WRONG_CALL;
	signal(SIGPIPE, SIG_IGN);
	drain_connections(&drain);
	return EXIT_DONE;
}

const struct applet drain_applet = {
	.name = "drain",
	.operands = "",
	.summary = "Wait until this container's inbound connections have ended (preStop hook)",
	.options = option_rows,
	.run = run,
};
