/*
 * longhaul hangup ADDRESS[/PREFIX] PORT: ends the established connections to
 * there, as the applications' own shutdown(2) would. Half-closed connections
 * are left alone: their end has begun. Which ones is decided once, at the
 * start; what has ended, or has made room for another socket, before its turn
 * comes is reported as gone, what has passed to a new process as failed.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "applet.h"
#include "applets/ending.h"
#include "applets/hangup_report.h"
#include "processes/hidden_processes.h"
#include "sockets/connections.h"
#include "sockets/network_namespace.h"
#include "text/args.h"
#include "text/number.h"

enum option {
	OPTION_LOCAL,
	OPTION_PID,
	OPTION_OLDER_THAN,
	OPTION_IDLE_FOR,
	OPTION_NETNS,
	OPTION_SPREAD,
	OPTION_RESET,
	OPTION_DRY_RUN,
	OPTION_JSON,
};

static const struct option_row option_rows[] = {
	[OPTION_LOCAL] = { "local", NULL, "ADDRESS and PORT are the local side, such as a server's" },
	[OPTION_PID] = { "pid", "PID", "only connections that this process holds" },
	[OPTION_OLDER_THAN] = { "older-than", "DURATION", "only those known to be older, since one way at least "
				"has been without data for that long (the kernel keeps no time of creation)" },
	[OPTION_IDLE_FOR] = { "idle-for", "DURATION", "only those without data for that long, both ways" },
	[OPTION_NETNS] = { "netns", "PATH|PID", "in that network namespace (CAP_SYS_ADMIN)" },
	[OPTION_SPREAD] = { "spread", "DURATION", "evenly over that time, so that clients don't return all at once" },
	[OPTION_RESET] = { "reset", NULL, "have the kernel send a RST instead (CAP_NET_ADMIN)" },
	[OPTION_DRY_RUN] = { "dry-run", NULL, "only say which" },
	[OPTION_JSON] = { "json", NULL, "one object for each connection" },
	{ 0 },
};

enum { LONGEST_HOURS = 30 * 24 };

struct hangup {
	struct connection_choice choice;
	const char *network_namespace;
	struct ending ending;
};

/* A descriptor is kept open for each process that is borrowed from. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool end_all(const struct hangup *hangup, int netlink, const struct connection_list *list)
{
	struct outcome_counts counts = { 0 };

	if (list->process_hidden) {
		warnx("hangup: --pid %d: may not be looked into: needs CAP_SYS_PTRACE; nothing was touched",
		      hangup->choice.pid);
		return false;
	}
	end_connections(&hangup->ending, netlink, list, &counts);
	print_summary(&counts, list->age_unknown, hangup->ending.json);
	return explain_failures(&counts, hangup->ending.reset);
}

static int hang_up_all(const struct hangup *hangup)
{
	struct connection_list list = { 0 };
	bool found, done = false;
	int netlink;

	/*
	 * A line for each connection: one system call for many of them, but never a wait for the rest. Where nobody
	 * reads them any more, the connections are ended all the same.
	 */
	static char output[32 * 1024];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
	if (hangup->network_namespace && !enter_network_namespace(hangup->network_namespace))
		return EXIT_FAILED;
	netlink = sock_diag_open();
	found = netlink >= 0 && find_connections(netlink, &hangup->choice, &list);
	if (found)
		done = end_all(hangup, netlink, &list);
	else if (errno == ESRCH)
		warn("hangup: --pid %d", hangup->choice.pid);
	else
		warn("hangup: can't list connections");
	free_connections(&list);
	return done ? EXIT_DONE : EXIT_FAILED;
}

static bool read_pid(const struct args *args, pid_t *pid)
{
	int64_t number;

	if (!parse_integer(args->value, 1, INT_MAX, &number))
		return args_refuse(args, "is not the id of a process");
	*pid = (pid_t)number;
	return !is_thread(*pid) ||
	       args_refuse(args, "is the id of a thread, not of a process (the Tgid in /proc/PID/status)");
}

static bool read_option(struct hangup *hangup, int option, const struct args *args)
{
	switch (option) {
	case OPTION_LOCAL:
		hangup->choice.side = SIDE_LOCAL;
		return true;
	case OPTION_PID:
		return read_pid(args, &hangup->choice.pid);
	case OPTION_OLDER_THAN:
		return args_read_duration(args, LONGEST_HOURS, &hangup->choice.older_than_ms);
	case OPTION_IDLE_FOR:
		return args_read_duration(args, LONGEST_HOURS, &hangup->choice.idle_for_ms);
	case OPTION_NETNS:
		hangup->network_namespace = args->value;
		return true;
	case OPTION_SPREAD:
		return args_read_duration(args, LONGEST_HOURS, &hangup->ending.spread_ms);
	case OPTION_RESET:
		return hangup->ending.reset = true;
	case OPTION_DRY_RUN:
		return hangup->ending.dry_run = true;
	case OPTION_JSON:
		return hangup->ending.json = true;
	default:
		return false;
	}
}

static bool read_operand(struct hangup *hangup, size_t position, const struct args *args)
{
	switch (position) {
	case 0:
		return parse_address_pattern(args->value, &hangup->choice.address) ||
		       args_refuse(args, "is not an address such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32");
	case 1:
		return parse_port_range(args->value, &hangup->choice.ports) ||
		       args_refuse(args, "is not a port such as 80, a range such as 80-90, or 0 for any");
	default:
		return args_refuse(args, "is one too many: it takes an address and a port");
	}
}

static int run(char **argv)
{
	struct args args = { .applet = &hangup_applet, .next = argv };
	struct hangup hangup = { 0 };
	size_t operand_count = 0;
	int option;

	while ((option = args_next(&args)) != ARGS_END) {
		bool understood = option == ARGS_OPERAND ? read_operand(&hangup, operand_count++, &args) :
							   read_option(&hangup, option, &args);

		if (!understood)
			return EXIT_WRONG_CALL;
	}
	if (operand_count != 2) {
		warnx("hangup: needs an address and a port; see longhaul hangup --help");
		return EXIT_WRONG_CALL;
	}
	return hang_up_all(&hangup);
}

const struct applet hangup_applet = {
	.name = "hangup",
	.operands = "ADDRESS[/PREFIX] PORT[-PORT]",
	.summary = "End established connections to an address "
		   "(0.0.0.0/0: any IPv4, ::/0: any IPv6; port 0: any port)",
	.options = option_rows,
	.run = run,
};
