/* The polls, and how often they are made. */
#include "sockets/connection_watch.h"

#include <errno.h>

#include "text/clock.h"

enum { POLL_MS = 100, LONGEST_POLL_MS = 2000, POLL_COST_DIVISOR = 20 };

int64_t affordable_interval_ms(int64_t cost_ms)
{
	int64_t affordable_ms = cost_ms * POLL_COST_DIVISOR;

	return affordable_ms < POLL_MS ? POLL_MS : affordable_ms < LONGEST_POLL_MS ? affordable_ms : LONGEST_POLL_MS;
}

bool watch_connections(const struct connection_scope *scope, struct connection_watch *watch)
{
	int64_t start_ms = monotonic_ms();
	struct connection_counts counts;

	watch->error = count_connections(scope, &counts, watch->visit, watch->context) ? 0 : errno;
	watch->interval_ms = affordable_interval_ms(monotonic_ms() - start_ms);
	if (!watch->error) {
		watch->counted = true;
		watch->now = counts;
		if (counts.open > watch->most)
			watch->most = counts.open;
	}
	return watch->counted ? watch->now.open > 0 : watch->error != ENOENT;
}
