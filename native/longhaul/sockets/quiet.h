/* Connections on which nobody waits for anything. */
#ifndef LONGHAUL_QUIET_H
#define LONGHAUL_QUIET_H

#include <stdbool.h>
#include <stdint.h>

#include "sockets/sock_diag.h"

/*
 * Whether no data has gone either way for that long, none is on its way, both
 * sides have had some, and ours came last. Never true where the kernel tells
 * too little: before Linux 4.1.
 */
bool is_quiet(const struct tcp_socket *socket, int64_t quiet_ms);

#endif
