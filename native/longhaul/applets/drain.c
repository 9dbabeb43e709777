/*
 * longhaul drain: the preStop hook. It sleeps, so that endpoints and load
 * balancers forget the pod, and then waits until the connections from outside
 * to the pod's listening ports have ended, or the timeout has passed. Which
 * container it runs in makes no difference.
 *
 * The ports are read before the sleep, while the application is sure to
 * listen: some stop as soon as they learn of the shutdown. Polling the kernel
 * is cheap (the filter runs there) and needs no rights, whereas its
 * notifications of ended sockets are lost when they come fast.
 *
 * A hook that fails is reported as an alarming event and changes nothing
 * else, so whatever happens is logged and the exit status is 0.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "applets/drain_report.h"
#include "applets/drain_wait.h"
#include "sockets/listeners.h"
#include "sockets/sock_diag.h"
#include "text/args.h"
#include "text/clock.h"
#include "text/number.h"

enum { LONGEST_HOURS = 24 };

enum option { OPTION_SLEEP, OPTION_TIMEOUT, OPTION_HANGUP_QUIET, OPTION_PORT, OPTION_NOT_PORT };

static const struct option_row option_rows[] = {
	[OPTION_SLEEP] = { "sleep", "DURATION", "wait this long first, such as 5s (default: 0)" },
	[OPTION_TIMEOUT] = { "timeout", "DURATION", "then wait at most this long for connections to end (default: 0)" },
	[OPTION_HANGUP_QUIET] = { "hangup-quiet", "DURATION",
				  "meanwhile hang up connections that have been quiet for this long, spread over the time" },
	[OPTION_PORT] = { "port", "PORT", "a port to watch instead of all that are listened on; may be repeated" },
	[OPTION_NOT_PORT] = { "not-port", "PORT", "a port not to watch in any case; may be repeated" },
	{ 0 },
};

struct drain {
	int64_t sleep_ms;
	struct drain_wait wait;
	struct port_set not_ports;
};

/*
 * Some settings of the network stack exist only once, so only the first
 * network namespace, the node's, shows them. (It can't be compared with that
 * of the node's init: a container doesn't see that process.)
 */
static bool is_host_network(void)
{
	return access("/proc/sys/net/core/dev_weight", F_OK) == 0;
}

/* Of a pod's own network: what is listened on, where no ports are named, but for those left out. */
static bool find_ports(struct drain *drain, bool unknown)
{
	struct port_set *ports = &drain->wait.scope.ports;
	bool listed = true;
	int netlink = -1;

	if (port_set_is_empty(ports) && !unknown) {
		netlink = sock_diag_open();
		listed = netlink >= 0 && add_listening_ports(netlink, ports);
	}
	port_set_remove_all(ports, &drain->not_ports);
	return listed;
}

/*
 * On a host network, what is listened on and the addresses are the whole
 * node's. There only ports that are named count; and a peer with an address
 * of the node is another pod or program on it, or came by a NodePort, where
 * kube-proxy puts the node's address in the place of the client's.
 */
static void drain_connections(struct drain *drain)
{
	int64_t sleep_end_ms = monotonic_ms() + drain->sleep_ms;
	const sigset_t signals = block_signals();
	bool on_host_network = is_host_network();
	bool unknown = on_host_network && port_set_is_empty(&drain->wait.scope.ports);
	bool listed = find_ports(drain, unknown);
	int list_error = errno;

	/* If that fails, more is waited for than need be. */
	if (!on_host_network)
		read_own_addresses(&drain->wait.scope.inside);
	if (!pause_until_ms(sleep_end_ms, &signals))
		report_drain("stopped by a signal");
	else if (!listed)
		report_drain("can't list listening ports, not waiting: %s", strerror(list_error));
	else if (unknown)
		report_drain("on the host network the ports have to be named by --port, not waiting");
	else if (port_set_is_empty(&drain->wait.scope.ports))
		report_drain("no listening port that counts, nothing to wait for");
	else
		wait_for_connections(&drain->wait, &signals);
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
		return args_read_duration(args, LONGEST_HOURS, &drain->wait.timeout_ms);
	case OPTION_HANGUP_QUIET:
		return args_read_duration(args, LONGEST_HOURS, &drain->wait.gentle.quiet_ms);
	case OPTION_PORT:
		return read_port(args, &drain->wait.scope.ports);
	case OPTION_NOT_PORT:
		return read_port(args, &drain->not_ports);
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
	.summary = "Wait until the pod's connections from outside have ended (preStop hook)",
	.options = option_rows,
	.run = run,
};
