/* Reads choices; what is not understood is said with the rule that it breaks. */
#include "applets/choice.h"

#include <err.h>
#include <errno.h>
#include <limits.h>

#include "processes/hidden_processes.h"
#include "sockets/network_namespace.h"
#include "text/number.h"

enum { LONGEST_HOURS = 30 * 24 };

const struct choice choice_of_all = { .connections = { .ports = { 0, UINT16_MAX } } };

static bool read_pid(const struct args *args, pid_t *pid)
{
	int64_t number;

	if (!parse_integer(args->value, 1, INT_MAX, &number))
		return args_refuse(args, "is not the id of a process");
	*pid = (pid_t)number;
	return !is_thread(*pid) ||
	       args_refuse(args, "is the id of a thread, not of a process (the Tgid in /proc/PID/status)");
}

static bool read_operand(struct choice *choice, const struct args *args)
{
	switch (choice->operand_count++) {
	case 0:
		return parse_address_pattern(args->value, &choice->connections.address) ||
		       args_refuse(args, "is not an address such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32");
	case 1:
		return parse_port_range(args->value, &choice->connections.ports) ||
		       args_refuse(args, "is not a port such as 80, a range such as 80-90, or 0 for any");
	default:
		return args_refuse(args, "is one too many: it takes an address and a port");
	}
}

bool read_choice(struct choice *choice, int option, const struct args *args)
{
	struct connection_choice *connections = &choice->connections;

	switch (option) {
	case ARGS_OPERAND:
		return read_operand(choice, args);
	case CHOICE_LOCAL:
		connections->side = SIDE_LOCAL;
		return true;
	case CHOICE_PID:
		return read_pid(args, &connections->pid);
	case CHOICE_OLDER_THAN:
		return args_read_duration(args, LONGEST_HOURS, &connections->older_than_ms);
	case CHOICE_IDLE_FOR:
		return args_read_duration(args, LONGEST_HOURS, &connections->idle_for_ms);
	case CHOICE_NETNS:
		choice->network_namespace = args->value;
		return true;
	default:
		return false;
	}
}

bool enter_chosen_namespace(const struct choice *choice, const char *applet)
{
	return !choice->network_namespace || enter_network_namespace(choice->network_namespace, applet);
}

bool find_chosen(const struct choice *choice, int netlink, const char *applet, struct connection_list *list)
{
	if (netlink >= 0 && find_connections(netlink, &choice->connections, list))
		return true;
	if (errno == ESRCH)
		warn("%s: --pid %d", applet, choice->connections.pid);
	else
		warn("%s: can't list connections", applet);
	return false;
}
