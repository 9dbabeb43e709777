/*
 * longhaul hangup ADDRESS[/PREFIX] PORT: ends the established connections to
 * there, as the applications' own shutdown(2) would. Half-closed connections
 * are left alone: their end has begun. Which ones is decided once, at the
 * start; what has ended, or has made room for another socket, before its turn
 * comes is reported as gone, what has passed to a new process as failed.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "applet.h"
#include "applets/choice.h"
#include "applets/ending.h"
#include "applets/hangup_report.h"
#include "text/args.h"

enum option {
	OPTION_SPREAD = CHOICE_OPTION_COUNT,
	OPTION_RESET,
	OPTION_DRY_RUN,
	OPTION_JSON,
	OPTION_STOP_ON_EOF,
};

static const struct option_row option_rows[] = {
	CHOICE_OPTION_ROWS,
	[OPTION_SPREAD] = { "spread", "DURATION", "evenly over that time, so that clients don't return all at once" },
	[OPTION_RESET] = { "reset", NULL, "have the kernel send a RST instead (CAP_NET_ADMIN)" },
	[OPTION_DRY_RUN] = { "dry-run", NULL, "only say which" },
	[OPTION_JSON] = { "json", NULL, "one object for each connection" },
	[OPTION_STOP_ON_EOF] = { "stop-on-eof", NULL, "when standard input ends, such as that of kubectl exec -i" },
	{ 0 },
};

enum { LONGEST_HOURS = 30 * 24 };

struct hangup {
	struct choice choice;
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

/* The library answers sooner than a pause ends, to which 50 µs are added otherwise. */
static void wait_precisely(void)
{
	prctl(PR_SET_TIMERSLACK, 1);
}

static bool end_all(const struct hangup *hangup, int netlink, const struct connection_list *list)
{
	struct outcome_counts counts = { 0 };

	if (list->process_hidden) {
		warnx("hangup: --pid %d: may not be looked into: needs CAP_SYS_PTRACE; nothing was touched",
		      hangup->choice.connections.pid);
		return false;
	}
	end_connections(&hangup->ending, netlink, list, &counts);
	print_summary(&counts, list->age_unknown, hangup->ending.json);
	return explain_failures(&counts, hangup->ending.reset);
}

static int hang_up_all(const struct hangup *hangup)
{
	struct connection_list list = { 0 };
	bool done = false;
	int netlink;

	/*
	 * A line for each connection: one system call for many of them, but never a wait for the rest. Where nobody
	 * reads them any more, the connections are ended all the same.
	 */
	static char output[32 * 1024];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
	wait_precisely();
	if (!enter_chosen_namespace(&hangup->choice, "hangup"))
		return EXIT_FAILED;
	netlink = sock_diag_open();
	if (find_chosen(&hangup->choice, netlink, "hangup", &list))
		done = end_all(hangup, netlink, &list);
	free_connections(&list);
	return done ? EXIT_DONE : EXIT_FAILED;
}

static bool read_option(struct hangup *hangup, int option, const struct args *args)
{
	switch (option) {
	case OPTION_SPREAD:
		return args_read_duration(args, LONGEST_HOURS, &hangup->ending.spread_ms);
	case OPTION_RESET:
		return hangup->ending.reset = true;
	case OPTION_DRY_RUN:
		return hangup->ending.dry_run = true;
	case OPTION_JSON:
		return hangup->ending.json = true;
	case OPTION_STOP_ON_EOF:
		return hangup->ending.stop_on_eof = true;
	default:
		return read_choice(&hangup->choice, option, args);
	}
}

static int run(char **argv)
{
	struct args args = { .applet = &hangup_applet, .next = argv };
	struct hangup hangup = { .choice = choice_of_all };
	int option;

	while ((option = args_next(&args)) != ARGS_END)
		if (!read_option(&hangup, option, &args))
			return EXIT_WRONG_CALL;
	if (hangup.choice.operand_count != 2) {
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
