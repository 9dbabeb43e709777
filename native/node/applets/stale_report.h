/* What stale prints: how many connections it found, and a line for each. */
#ifndef NODE_STALE_REPORT_H
#define NODE_STALE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "node/stale/stale_connections.h"

/* Written out at once: whoever confirms it waits for it. */
void print_found(size_t count, bool json);

/* error: that of STALE_FAILED. */
void print_stale(const struct tracked_connection *connection, enum stale_outcome outcome, int error, bool json);

#endif
