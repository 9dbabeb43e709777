/* The options and operands by which connections are chosen, the same for all applets that choose some. */
#ifndef LONGHAUL_CHOICE_H
#define LONGHAUL_CHOICE_H

#include "sockets/connections.h"
#include "text/args.h"

/* The first of an applet's options. */
enum choice_option {
	CHOICE_LOCAL,
	CHOICE_PID,
	CHOICE_OLDER_THAN,
	CHOICE_IDLE_FOR,
	CHOICE_NETNS,
	CHOICE_OPTION_COUNT,
};

/* Their rows, for the start of the applet's table. */
#define CHOICE_OPTION_ROWS                                                                                           \
	[CHOICE_LOCAL] = { "local", NULL, "ADDRESS and PORT are the local side, such as a server's" },                \
	[CHOICE_PID] = { "pid", "PID", "only connections that this process holds" },                                 \
	[CHOICE_OLDER_THAN] = { "older-than", "DURATION",                                                            \
				"only those known to be older, since one way at least has been without data for that " \
				"long (the kernel keeps no time of creation)" },                                     \
	[CHOICE_IDLE_FOR] = { "idle-for", "DURATION", "only those without data for that long, both ways" },          \
	[CHOICE_NETNS] = { "netns", "PATH|PID", "in that network namespace (CAP_SYS_ADMIN)" }

struct choice {
	struct connection_choice connections;
	const char *network_namespace;	/* NULL: ours */
	size_t operand_count;		/* of ADDRESS and PORT, so many were given */
};

/* Of all connections. */
extern const struct choice choice_of_all;

/*
 * Reads the value of enum choice_option, or an operand: ADDRESS[/PREFIX], then PORT[-PORT]. False once the problem is
 * printed.
 */
bool read_choice(struct choice *choice, int option, const struct args *args);

/* Enters the chosen network namespace, if one is; false once the problem is printed. */
bool enter_chosen_namespace(const struct choice *choice, const char *applet);

/* Lists the connections, by the result of sock_diag_open(); false once the problem is printed. */
bool find_chosen(const struct choice *choice, int netlink, const char *applet, struct connection_list *list);

#endif
