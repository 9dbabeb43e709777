/* What drain says: why it doesn't wait, that it does, and what is left at the end. */
#ifndef LONGHAUL_DRAIN_REPORT_H
#define LONGHAUL_DRAIN_REPORT_H

#include <stdint.h>

#include "applets/hangup_report.h"
#include "sockets/connection_watch.h"
#include "sockets/port_set.h"

/* A line of its own. */
void report_drain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Before the wait, so that a hook that is killed in it leaves a trace. */
void report_drain_start(const struct port_set *watched, int64_t timeout_ms, const struct connection_watch *watch);

/* hangups: what became of those that were to be hung up. */
void report_drain_end(const struct port_set *watched, int64_t waited_ms, const struct connection_watch *watch,
		      const struct outcome_counts *hangups);

#endif
