/*
 * longhaul list: the established connections of this network namespace, with what tells whether they are protected,
 * stale, or hold a pod back from draining. It looks, and touches nothing.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>

#include "applet.h"
#include "applets/choice.h"
#include "applets/connection_view.h"
#include "applets/list_report.h"
#include "sockets/listeners.h"
#include "text/args.h"

enum option { OPTION_WITHOUT_KEEPALIVE = CHOICE_OPTION_COUNT, OPTION_JSON };

static const struct option_row option_rows[] = {
	CHOICE_OPTION_ROWS,
	[OPTION_WITHOUT_KEEPALIVE] = { "without-keepalive", NULL, "only those known to have no keepalive" },
	[OPTION_JSON] = { "json", NULL, "one object for each connection" },
	{ 0 },
};

struct listing {
	struct choice choice;
	bool without_keepalive;
	bool json;
};

static void print_all(const struct listing *listing, const struct connection_list *list,
		      const struct port_set *listening)
{
	struct columns columns = measure_columns(list);
	size_t printed = 0;

	for (size_t index = 0; index < list->count; index++) {
		struct connection_view view = view_connection(&list->items[index], &list->owners, listening);

		if (listing->without_keepalive && view.keepalive != KEEPALIVE_OFF)
			continue;
		if (listing->json)
			print_json(&view);
		else
			print_row(&columns, &view, printed == 0);
		printed++;
	}
	if (!printed)
		fprintf(stderr, "no connection matched\n");
}

static bool list_all(const struct listing *listing)
{
	static struct port_set listening;
	struct connection_list list = { 0 };
	int netlink = sock_diag_open();
	bool found = find_chosen(&listing->choice, netlink, "list", &list);

	/* Without them all connections look like outgoing ones, and the rest is right. */
	if (found && !add_listening_ports(netlink, &listening))
		warn("list: can't list listening ports");
	if (found && list.process_hidden)
		warnx("list: --pid %d: may not be looked into: needs CAP_SYS_PTRACE", listing->choice.connections.pid);
	else if (found)
		print_all(listing, &list, &listening);
	found = found && !list.process_hidden;
	free_connections(&list);
	return found;
}

static bool read_option(struct listing *listing, int option, const struct args *args)
{
	switch (option) {
	case OPTION_WITHOUT_KEEPALIVE:
		return listing->without_keepalive = true;
	case OPTION_JSON:
		return listing->json = true;
	default:
		return read_choice(&listing->choice, option, args);
	}
}

static int run(char **argv)
{
	struct args args = { .applet = &list_applet, .next = argv };
	struct listing listing = { .choice = choice_of_all };
	int option;

	while ((option = args_next(&args)) != ARGS_END)
		if (!read_option(&listing, option, &args))
			return EXIT_WRONG_CALL;
	signal(SIGPIPE, SIG_IGN);
	return enter_chosen_namespace(&listing.choice, "list") && list_all(&listing) ? EXIT_DONE : EXIT_FAILED;
}

const struct applet list_applet = {
	.name = "list",
	.operands = "[ADDRESS[/PREFIX] [PORT[-PORT]]]",
	.summary = "List established connections, with their processes, keepalive and queues",
	.options = option_rows,
	.run = run,
};
