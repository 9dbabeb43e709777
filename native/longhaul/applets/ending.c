/* One connection after the other, each by the way asked for; errors of one don't keep the others. */
#include "applets/ending.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "applets/hang_up.h"
#include "text/clock.h"
#include "text/input.h"

/* How long a run waits in all for processes that end to close what they held. */
enum { CLOSING_MS = 500, CLOSING_POLL_MS = 10 };

static struct result reset(int netlink, const struct connection *connection)
{
	if (!sock_diag_destroy(netlink, &connection->socket))
		return result_of_error();
	return (struct result){ .outcome = OUTCOME_RESET };
}

/* A process that ends is without descriptors some time before their sockets are closed. */
static bool stays_established(int netlink, const struct tcp_socket *socket)
{
	static int patience_ms = CLOSING_MS;

	while (sock_diag_is_established(netlink, socket)) {
		if (patience_ms <= 0)
			return true;
		patience_ms -= CLOSING_POLL_MS;
		sleep_until_ms(monotonic_ms() + CLOSING_POLL_MS);
	}
	return false;
}

/* That none of its processes has it any more doesn't make it gone: a new one may have got it meanwhile. */
static struct result hang_up_or_miss(int netlink, const struct connection *connection,
				     const struct owner_map *owners)
{
	struct result result = hang_up(netlink, connection, owners, SHUT_RDWR);

	if (result.outcome == OUTCOME_GONE && stays_established(netlink, &connection->socket))
		result = (struct result){ .outcome = OUTCOME_FAILED, .error = ESTALE };
	return result;
}

static enum outcome outcome_of_unowned(const struct connection *connection, const struct owner_map *owners)
{
	return owners->hidden && connection->socket.inode ? OUTCOME_DENIED : OUTCOME_UNOWNED;
}

static struct result end_connection(const struct ending *ending, int netlink, const struct connection *connection,
				    const struct owner_map *owners)
{
	if (!ending->reset && !connection->owner)
		return (struct result){ .outcome = outcome_of_unowned(connection, owners) };
	if (ending->dry_run)
		return ending->reset ? (struct result){ .outcome = OUTCOME_DRY_RUN } : probe_hang_up(connection, owners);
	return ending->reset ? reset(netlink, connection) : hang_up_or_miss(netlink, connection, owners);
}

/* Waits for the turn of a connection; false where it is told to stop before. */
static bool await_turn(const struct ending *ending, int64_t turn_ms)
{
	fflush(stdout);
	if (ending->stop_on_eof)
		return !input_ends_by(turn_ms);
	sleep_until_ms(turn_ms);
	return true;
}

void end_connections(const struct ending *ending, int netlink, const struct connection_list *list,
		     struct outcome_counts *counts)
{
	bool waits = !ending->dry_run && (ending->spread_ms || ending->stop_on_eof);
	int64_t start_ms = monotonic_ms();
	bool stopped = false;

	for (size_t index = 0; index < list->count; index++) {
		const struct connection *connection = &list->items[index];
		int64_t turn_ms = start_ms + ending->spread_ms * (int64_t)index / (int64_t)list->count;
		struct result result = { .outcome = OUTCOME_LEFT };

		stopped = stopped || (waits && !await_turn(ending, turn_ms));
		if (!stopped)
			result = end_connection(ending, netlink, connection, &list->owners);
		count_result(counts, &result);
		print_connection(connection, &list->owners, &result, ending->json);
	}
}
