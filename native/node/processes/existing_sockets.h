/* Keepalive for the sockets that processes have already. */
#ifndef NODE_EXISTING_SOCKETS_H
#define NODE_EXISTING_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#include "keepalive/config.h"

struct existing_sockets {
	size_t set;
	size_t untouched_processes;	/* whose descriptors may not be borrowed */
	int error;			/* of the last of these */
	bool hidden;			/* there are processes that can't be seen from here */
};

/*
 * Sets the options on each TCP socket of the cgroup's processes that listens or
 * is connected and has no SO_KEEPALIVE. False with errno where the processes
 * can't be found.
 */
bool set_on_existing(int cgroup, const struct keepalive *settings, struct existing_sockets *result);

#endif
