/*
 * longhaul hangup ADDRESS[/PREFIX] PORT: ends the established connections to
 * there, as the applications' own shutdown(2) would. Half-closed connections
 * are left alone: their end has begun. Which ones is decided once, at the
 * start; what has ended, or has made room for another socket, before its turn
 * comes is reported as gone.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "applet.h"
#include "args.h"
#include "borrowed_socket.h"
#include "clock.h"
#include "connections.h"
#include "duration.h"
#include "hangup_report.h"
#include "number.h"

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

static const int64_t longest_ms = INT64_C(30) * 24 * 3600 * 1000;

struct hangup {
	struct connection_choice choice;
	const char *network_namespace;
	int64_t spread_ms;
	bool reset;
	bool dry_run;
	bool json;
};

static enum outcome outcome_of_error(int error)
{
	switch (error) {
	case ENOENT:	/* of SOCK_DESTROY */
	case ENOTCONN:
	case ESRCH:
	case EBADF:
		return OUTCOME_GONE;
	case EPERM:
	case EACCES:
		return OUTCOME_DENIED;
	default:
		return OUTCOME_FAILED;
	}
}

static enum outcome reset(int netlink, const struct connection *connection)
{
	return sock_diag_destroy(netlink, &connection->socket) ? OUTCOME_RESET : outcome_of_error(errno);
}

/* Through the first process that still holds it: of a shared connection, one shutdown ends all copies. */
static enum outcome hang_up(const struct connection *connection, const struct owner_map *owners)
{
	const struct socket_owner *owner = connection->owner;
	int socket = borrow_socket(owners, owner), error;
	bool done;

	while (socket < 0 && (owner = next_owner(owners, owner)))
		socket = borrow_socket(owners, owner);
	if (socket < 0)
		return outcome_of_error(errno);
	done = hang_up_socket(socket);
	error = errno;
	close(socket);
	errno = error;
	return done ? OUTCOME_HUNG_UP : outcome_of_error(errno);
}

static enum outcome end_connection(const struct hangup *hangup, int netlink, const struct connection *connection,
				   const struct owner_map *owners)
{
	if (!hangup->reset && !connection->owner)
		return owners->hidden && connection->socket.inode ? OUTCOME_DENIED : OUTCOME_UNOWNED;
	if (hangup->dry_run)
		return OUTCOME_DRY_RUN;
	return hangup->reset ? reset(netlink, connection) : hang_up(connection, owners);
}

static void end_connections(const struct hangup *hangup, int netlink, const struct connection_list *list,
			    struct outcome_counts *counts)
{
	int64_t start_ms = monotonic_ms();

	for (size_t index = 0; index < list->count; index++) {
		const struct connection *connection = &list->items[index];
		int64_t turn_ms = hangup->spread_ms * (int64_t)index / (int64_t)list->count;
		enum outcome outcome;

		if (turn_ms && !hangup->dry_run) {
			fflush(stdout);
			sleep_until_ms(start_ms + turn_ms);
		}
		outcome = end_connection(hangup, netlink, connection, &list->owners);
		counts->of[outcome]++;
		if (outcome == OUTCOME_FAILED)
			counts->error = errno;
		print_connection(connection, &list->owners, outcome, hangup->json);
	}
}

static bool enter_network_namespace(const char *name)
{
	char path[sizeof("/proc/2147483647/ns/net")];
	int64_t pid;
	int file;
	bool entered;

	if (parse_integer(name, 1, INT_MAX, &pid)) {
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		name = path;
	}
	file = open(name, O_RDONLY | O_CLOEXEC);
	entered = file >= 0 && setns(file, CLONE_NEWNET) == 0;
	if (!entered)
		warn("hangup: --netns: %s%s", name, errno == EPERM ? ": needs CAP_SYS_ADMIN" :
						    errno == EACCES ? ": needs CAP_SYS_PTRACE" : "");
	if (file >= 0)
		close(file);
	return entered;
}

/* A descriptor is kept open for each process that is borrowed from. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int hang_up_all(const struct hangup *hangup)
{
	struct connection_list list = { 0 };
	struct outcome_counts counts = { 0 };
	bool found;
	int netlink;

	/* A line for each connection: one system call for many of them, but never a wait for the rest. */
	static char output[32 * 1024];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	raise_descriptor_limit();
	if (hangup->network_namespace && !enter_network_namespace(hangup->network_namespace))
		return EXIT_FAILED;
	netlink = sock_diag_open();
	found = netlink >= 0 && find_connections(netlink, &hangup->choice, &list);
	if (found) {
		end_connections(hangup, netlink, &list, &counts);
		print_summary(&counts, list.age_unknown, hangup->json);
	} else if (errno == ESRCH) {
		warn("hangup: --pid %d", hangup->choice.pid);
	} else {
		warn("hangup: can't list connections");
	}
	free_connections(&list);
	return found && explain_failures(&counts, hangup->reset) ? EXIT_DONE : EXIT_FAILED;
}

static bool read_pid(const char *text, pid_t *pid)
{
	int64_t number;

	if (!parse_integer(text, 1, INT_MAX, &number))
		return false;
	*pid = (pid_t)number;
	return true;
}

static bool read_option(struct hangup *hangup, int option, const char *value)
{
	switch (option) {
	case OPTION_LOCAL:
		hangup->choice.side = SIDE_LOCAL;
		return true;
	case OPTION_PID:
		return read_pid(value, &hangup->choice.pid);
	case OPTION_OLDER_THAN:
		return parse_duration(value, longest_ms, &hangup->choice.older_than_ms);
	case OPTION_IDLE_FOR:
		return parse_duration(value, longest_ms, &hangup->choice.idle_for_ms);
	case OPTION_NETNS:
		hangup->network_namespace = value;
		return true;
	case OPTION_SPREAD:
		return parse_duration(value, longest_ms, &hangup->spread_ms);
	case OPTION_RESET:
		return hangup->reset = true;
	case OPTION_DRY_RUN:
		return hangup->dry_run = true;
	case OPTION_JSON:
		return hangup->json = true;
	default:
		return false;
	}
}

static bool read_operand(struct hangup *hangup, size_t position, const char *value)
{
	switch (position) {
	case 0:
		return parse_address_pattern(value, &hangup->choice.address);
	case 1:
		return parse_port_range(value, &hangup->choice.ports);
	default:
		return false;
	}
}

static int run(char **argv)
{
	struct args args = { .applet = &hangup_applet, .next = argv };
	struct hangup hangup = { 0 };
	size_t operand_count = 0;
	int option;

	while ((option = args_next(&args)) != ARGS_END) {
		bool understood = option == ARGS_OPERAND ? read_operand(&hangup, operand_count++, args.value) :
							   read_option(&hangup, option, args.value);

		if (option == ARGS_WRONG)
			return EXIT_WRONG_CALL;
		if (!understood) {
			warnx("hangup: %s: not understood; see longhaul hangup --help", args.value);
			return EXIT_WRONG_CALL;
		}
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
	.summary = "End established connections to an address; 0.0.0.0/0 or ::/0 and port 0: any",
	.options = option_rows,
	.run = run,
};
