/*
 * Every container's hook sees the same connections. Only that of the container
 * whose processes hold a connection can hang it up; two hooks that both can,
 * where containers share their processes, do no harm: the second finds it told.
 */
#include "applets/gentle_hangup.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "applets/hang_up.h"
#include "growing.h"
#include "sockets/connection_watch.h"
#include "sockets/quiet.h"
#include "text/clock.h"

/* How long a program has to close what it was told, and how much of the drain is left for the last to end. */
enum { TOLD_MS = 2000, RESERVE_MS = 5000 };

void start_gentle_hangup(struct gentle_hangup *gentle, int64_t start_ms, int64_t timeout_ms)
{
	if (!gentle->quiet_ms)
		return;
	gentle->spread_end_ms = start_ms + (timeout_ms / 2 < RESERVE_MS ? timeout_ms / 2 : timeout_ms - RESERVE_MS);
	gentle->netlink = sock_diag_open();
}

static void drop_plan(struct gentle_hangup *gentle)
{
	free_connections(&gentle->plan);
	gentle->planned = 0;
}

void before_poll(struct gentle_hangup *gentle)
{
	int64_t now_ms = monotonic_ms();

	gentle->seen = 0;
	gentle->planning = gentle->planned == gentle->plan.count && gentle->turn_ms <= now_ms &&
			   gentle->pass_ms <= now_ms;
	if (gentle->planning)
		drop_plan(gentle);
}

/* What has been shut for reading was told, by us or by another hook, or the program did it and knows. */
void see_connection(const struct tcp_socket *socket, void *context)
{
	struct gentle_hangup *gentle = context;

	if (socket->shut_for_reading)
		return;
	gentle->seen++;
	if (gentle->planning && is_quiet(socket, gentle->quiet_ms) &&
	    !inode_set_has(&gentle->given_up, socket->inode))
		append_connection(&gentle->plan, socket);
}

/* Finds who holds them; without memory, or if /proc can't be read, there are none. */
static void find_holders_or_none(struct gentle_hangup *gentle, struct connection_list *list)
{
	int64_t start_ms = monotonic_ms();

	if (!list->count)
		return;
	if (!find_holders(list))
		free_connections(list);
	gentle->pass_ms = monotonic_ms() + affordable_interval_ms(monotonic_ms() - start_ms);
}

static void remember_told(struct told_list *list, const struct tcp_socket *socket)
{
	struct told *items = grow(list->items, list->count, &list->capacity, sizeof(*items));

	if (!items)
		return;
	list->items = items;
	items[list->count++] = (struct told){ *socket, monotonic_ms() };
}

/* Those that were told long enough ago and are there still, quiet; what moves data again is given the time anew. */
static void take_lingering(struct gentle_hangup *gentle, struct connection_list *lingering)
{
	struct told_list *told = &gentle->told;
	int64_t now_ms = monotonic_ms();
	size_t kept = 0;

	for (size_t index = 0; index < told->count; index++) {
		struct told *item = &told->items[index];
		bool due = item->since_ms + TOLD_MS <= now_ms;
		struct tcp_socket now;

		if (due && (!sock_diag_look(gentle->netlink, &item->socket, &now) || now.state != TCP_ESTABLISHED))
			continue;
		if (due && is_quiet(&now, gentle->quiet_ms)) {
			append_connection(lingering, &now);
			continue;
		}
		if (due)
			item->since_ms = now_ms;
		told->items[kept++] = *item;
	}
	told->count = kept;
}

static void end_lingering(struct gentle_hangup *gentle)
{
	struct connection_list lingering = { 0 };

	take_lingering(gentle, &lingering);
	find_holders_or_none(gentle, &lingering);
	for (size_t index = 0; index < lingering.count; index++)
		hang_up(gentle->netlink, &lingering.items[index], &lingering.owners, SHUT_RDWR);
	free_connections(&lingering);
}

void after_poll(struct gentle_hangup *gentle, bool complete)
{
	if (!complete) {
		drop_plan(gentle);
		return;
	}
	gentle->left = gentle->seen;
	if (gentle->told.count && gentle->pass_ms <= monotonic_ms())
		end_lingering(gentle);
	if (gentle->planning)
		find_holders_or_none(gentle, &gentle->plan);
}

int64_t next_turn_ms(const struct gentle_hangup *gentle)
{
	return gentle->planned < gentle->plan.count ? gentle->turn_ms : INT64_MAX;
}

/* What no process seen here holds is another container's, unless some can't be seen. */
static struct result tell(struct gentle_hangup *gentle, const struct connection *connection)
{
	const struct owner_map *owners = &gentle->plan.owners;

	if (!connection->owner)
		return (struct result){ .outcome = owners->hidden ? OUTCOME_DENIED : OUTCOME_UNOWNED };
	return hang_up(gentle->netlink, connection, owners, SHUT_RD);
}

/* Looks at it again right before; whether it was told. */
static bool tell_if_quiet(struct gentle_hangup *gentle, const struct connection *connection)
{
	struct tcp_socket now;
	struct result result;

	if (!sock_diag_look(gentle->netlink, &connection->socket, &now) || now.shut_for_reading ||
	    !is_quiet(&now, gentle->quiet_ms))
		return false;
	result = tell(gentle, connection);
	count_result(&gentle->counts, &result);
	if (result.outcome == OUTCOME_HUNG_UP)
		remember_told(&gentle->told, &now);
	else if (result.outcome != OUTCOME_GONE)
		inode_set_add(&gentle->given_up, now.inode);
	return result.outcome == OUTCOME_HUNG_UP;
}

/* Evenly: what is left of the time is shared by those that are left, this one among them. */
static void set_next_turn(struct gentle_hangup *gentle)
{
	int64_t now_ms = monotonic_ms(), rest_ms = gentle->spread_end_ms - now_ms;

	gentle->turn_ms = now_ms;
	if (rest_ms > 0 && gentle->left)
		gentle->turn_ms += rest_ms / (int64_t)gentle->left--;
}

void take_turn(struct gentle_hangup *gentle)
{
	if (tell_if_quiet(gentle, &gentle->plan.items[gentle->planned++]))
		set_next_turn(gentle);
}
