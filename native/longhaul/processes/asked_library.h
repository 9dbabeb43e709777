/* The library in another process, asked to shut a socket down where the socket itself can't be borrowed. */
#ifndef LONGHAUL_ASKED_LIBRARY_H
#define LONGHAUL_ASKED_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "processes/owners.h"

/* What of /proc/PID/status tells whether a process can be asked. */
struct signal_state {
	uint64_t caught;	/* a bit for each signal, SIGHUP's the lowest */
	uint64_t blocked;	/* by its first thread */
	uint64_t pending;	/* for the process, and taken by none of its threads yet */
	int64_t seccomp_filters;	/* -1: not told, before Linux 5.9 */
};

/* Reads the text of /proc/PID/status, which ends with a null byte; false where it has no SigCgt. */
bool parse_signal_state(const char *text, struct signal_state *state);

/*
 * Whether a process may be asked, and what it would answer, as far as can be
 * told: OBSTACLE_NONE if nothing is known to be in the way. Looked at once.
 */
enum obstacle obstacle_of(struct process *process);

/*
 * Asks for a shutdown(2) of the owner's socket, of a process that is held by its
 * pidfd. Only that it was asked is known then; OBSTACLE_DENIED without the right to send the process a signal.
 */
enum obstacle ask_library(const struct owner_map *map, const struct socket_owner *owner, int how);

/* Whether the process has not taken what it was asked for, and may still: it is stopped, or waits for a processor. */
bool is_request_pending(const struct process *process);

#endif
