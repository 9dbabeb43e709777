/*
 * Hanging up while draining: connections that are quiet, one after the other,
 * evenly over the time there is. Each first reads an end of file, so that its
 * program closes it in its own way; what is still there a while later is ended
 * as by longhaul hangup.
 */
#ifndef LONGHAUL_GENTLE_HANGUP_H
#define LONGHAUL_GENTLE_HANGUP_H

#include <stdint.h>

#include "applets/hangup_report.h"
#include "sockets/connections.h"
#include "sockets/inode_set.h"

/* A connection that was told, by an end of file. */
struct told {
	struct tcp_socket socket;
	int64_t since_ms;
};

struct told_list {
	struct told *items;
	size_t count;
	size_t capacity;
};

struct gentle_hangup {
	int64_t quiet_ms;		/* how long a connection has to be quiet; 0: none is hung up */
	int64_t spread_end_ms;		/* when all are to be hung up */
	int64_t turn_ms;		/* when the next one is */
	int64_t pass_ms;		/* not before then may /proc be passed over again */
	int netlink;			/* for single look-ups */
	size_t left;			/* open and not told yet */
	size_t seen;			/* of those, in the poll that is under way */
	bool planning;			/* the poll is to fill the plan */
	struct connection_list plan;	/* quiet ones, with the processes that hold them */
	size_t planned;			/* of those, so many have had their turn */
	struct told_list told;
	struct inode_set given_up;	/* not reached, and not tried again */
	struct outcome_counts counts;
};

/* Where quiet_ms is set: spreads them over the time, but for its very end. */
void start_gentle_hangup(struct gentle_hangup *gentle, int64_t start_ms, int64_t timeout_ms);

/* Around each poll, in which each open connection is shown to it: context is a struct gentle_hangup. */
void before_poll(struct gentle_hangup *gentle);
void see_connection(const struct tcp_socket *socket, void *context);
void after_poll(struct gentle_hangup *gentle, bool complete);

/* When take_turn() is to be called next: INT64_MAX if no connection is planned. */
int64_t next_turn_ms(const struct gentle_hangup *gentle);

/* Hangs up the next one, if it is quiet still and can be reached: if not, the turn is another's, at once. */
void take_turn(struct gentle_hangup *gentle);

#endif
