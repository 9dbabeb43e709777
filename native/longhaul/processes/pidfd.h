/* A process held by a descriptor, so that its id can't pass to another one meanwhile. */
#ifndef LONGHAUL_PIDFD_H
#define LONGHAUL_PIDFD_H

#include "processes/owners.h"

/*
 * Opened once for each process: that costs as much as all the rest of borrowing
 * a socket. -1 with errno: ESRCH if it has ended, ENOSYS before Linux 5.3,
 * EINVAL before 6.9 if its first thread has ended.
 */
int pidfd_of(struct process *process);

#endif
