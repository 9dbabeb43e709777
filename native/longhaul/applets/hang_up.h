/* One connection ended through its process, by either way. */
#ifndef LONGHAUL_HANG_UP_H
#define LONGHAUL_HANG_UP_H

#include "applets/hangup_report.h"
#include "sockets/connections.h"

void count_result(struct outcome_counts *counts, const struct result *result);

/* What the last error, of any way to end a connection, makes of it. */
struct result result_of_error(void);

/*
 * By shutdown(2), how as it takes it, through the first process that still
 * holds it: of a shared connection, one ends all copies. If none lets go of it, a refusal weighs more than
 * a descriptor that is gone: the connection may well be there.
 */
struct result hang_up(int netlink, const struct connection *connection, const struct owner_map *owners,
		      int how);

/* What hang_up() would come to, as far as can be told without touching the connection. */
struct result probe_hang_up(const struct connection *connection, const struct owner_map *owners);

#endif
