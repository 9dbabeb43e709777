/* How connections are ended. */
#ifndef LONGHAUL_ENDING_H
#define LONGHAUL_ENDING_H

#include "applets/hangup_report.h"
#include "sockets/connections.h"

struct ending {
	int64_t spread_ms;	/* 0: all at once */
	bool reset;
	bool dry_run;
	bool json;
	bool stop_on_eof;	/* of standard input: what is left then is left alone */
};

/* Ends them all, prints a line for each, and counts what became of them. */
void end_connections(const struct ending *ending, int netlink, const struct connection_list *list,
		     struct outcome_counts *counts);

#endif
