/*
 * longhaul-node stale ADDRESS...: ends the connections of this node's programs
 * to addresses that are gone, and no others. Whether they are gone is for the
 * caller to know.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "applet.h"
#include "growing.h"
#include "node/applets.h"
#include "node/applets/stale_report.h"
#include "node/stale/stale_connections.h"
#include "text/args.h"

enum option { OPTION_PORT, OPTION_NETNS, OPTION_WITHOUT_ACK_FOR, OPTION_CONFIRM, OPTION_DRY_RUN, OPTION_JSON };

static const struct option_row option_rows[] = {
	[OPTION_PORT] = { "port", "PORT", "only connections to this port of theirs, or to a range; may be repeated" },
	[OPTION_NETNS] = { "netns", "DIR", "where the network namespaces of pods are bound (/var/run/netns)" },
	[OPTION_WITHOUT_ACK_FOR] = { "without-ack-for", "TIME",
				     "only connections whose peer has acknowledged nothing for that long" },
	[OPTION_CONFIRM] = { "confirm", NULL, "say how many there are, and end them once a line is read from standard input" },
	[OPTION_DRY_RUN] = { "dry-run", NULL, "only say what would be ended" },
	[OPTION_JSON] = { "json", NULL, "an object a line" },
	{ 0 },
};

enum { MAX_HOURS = 24 };

struct call {
	struct gone_peers peers;
	const char *netns;
	int64_t without_ack_ms;
	bool confirm;
	bool dry_run;
	bool json;
};

/* Whether a line came: the end of the input stands for a caller that is gone, or thinks better of it. */
static bool is_confirmed(void)
{
	int character;

	do
		character = getchar();
	while (character != EOF && character != '\n');
	return character == '\n';
}

static int end_all(const struct call *call, int conntrack, const struct networks *networks,
		   const struct tracked_list *list)
{
	const struct stale_ending ending = { conntrack, networks, call->without_ack_ms, call->dry_run };
	int failure = 0;

	for (size_t index = 0; index < list->count; index++) {
		enum stale_outcome outcome = end_stale(&ending, &list->items[index]);
		int error = outcome == STALE_FAILED ? errno : 0;

		print_stale(&list->items[index], outcome, error, call->json);
		if (error)
			failure = error;
	}
	if (failure)
		warnx("stale: ending connections: %s%s", strerror(failure),
		      failure == EPERM ? " (needs CAP_NET_ADMIN)" :
		      failure == EOPNOTSUPP ? " (needs a kernel with CONFIG_INET_DIAG_DESTROY)" : "");
	return failure ? EXIT_FAILED : EXIT_DONE;
}

static int run_call(struct call *call)
{
	static struct networks networks;
	static struct tracked_list list;
	int conntrack = conntrack_open();

	if (conntrack < 0 || !find_stale(conntrack, &call->peers, &list)) {
		warn("stale: asking for tracked connections%s", errno == EPERM ? " (needs CAP_NET_ADMIN)" : "");
		return EXIT_FAILED;
	}
	/* Nearly always there are none, and no network is entered. */
	if (list.count && !find_networks(call->netns, "stale", &networks))
		return EXIT_FAILED;
	keep_clients_of(&networks, &list);
	print_found(list.count, call->json);
	if (list.count && call->confirm && !is_confirmed())
		return EXIT_DONE;
	/* The end of the process closes and frees everything. */
	return end_all(call, conntrack, &networks, &list);
}

static bool read_address(struct gone_peers *peers, const struct args *args)
{
	struct address_pattern pattern;
	struct whole_address *grown;

	if (strchr(args->value, '/') || !parse_address_pattern(args->value, &pattern))
		return args_refuse(args, "is not an address");
	grown = grow(peers->addresses, peers->count, &peers->capacity, sizeof(*peers->addresses));
	if (!grown)
		err(EXIT_FAILED, "stale");
	peers->addresses = grown;
	peers->addresses[peers->count++] = whole_address_of(pattern.family, pattern.bytes);
	return true;
}

static bool read_port(struct gone_peers *peers, const struct args *args)
{
	struct port_range range;

	if (!parse_port_range(args->value, &range))
		return args_refuse(args, "is not a port or a range of ports");
	for (uint32_t port = range.first; port <= range.last; port++)
		port_set_add(&peers->ports, (uint16_t)port);
	return true;
}

static bool read_argument(struct call *call, int option, const struct args *args)
{
	switch (option) {
	case ARGS_OPERAND:
		return read_address(&call->peers, args);
	case OPTION_PORT:
		return read_port(&call->peers, args);
	case OPTION_NETNS:
		call->netns = args->value;
		return true;
	case OPTION_WITHOUT_ACK_FOR:
		return args_read_duration(args, MAX_HOURS, &call->without_ack_ms);
	case OPTION_CONFIRM:
		return call->confirm = true;
	case OPTION_DRY_RUN:
		return call->dry_run = true;
	case OPTION_JSON:
		return call->json = true;
	default:
		return false;
	}
}

static int run(char **argv)
{
	static struct call call = { .netns = "/var/run/netns" };
	struct args args = { .applet = &stale_applet, .next = argv };
	int option;

	while ((option = args_next(&args)) != ARGS_END)
		if (!read_argument(&call, option, &args))
			return EXIT_WRONG_CALL;
	if (!call.peers.count) {
		warnx("stale: needs the addresses that are gone; see longhaul-node stale --help");
		return EXIT_WRONG_CALL;
	}
	return run_call(&call);
}

const struct applet stale_applet = {
	.name = "stale",
	.operands = "ADDRESS...",
	.summary = "End the TCP connections of this node's programs to addresses that are gone",
	.options = option_rows,
	.run = run,
};
