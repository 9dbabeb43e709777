/* A copy of another process's descriptor, through which its socket can be acted on. */
#ifndef LONGHAUL_BORROWED_SOCKET_H
#define LONGHAUL_BORROWED_SOCKET_H

#include <stdbool.h>

#include "processes/owners.h"

/*
 * The copy, made sure to be the very socket that /proc showed. -1 with errno:
 * ESRCH if the process has ended, EBADF if the descriptor is closed or stands
 * for something else by now, EPERM without the right to touch the process,
 * ENOSYS before Linux 5.6, EINVAL before 6.9 if its process's first thread has
 * ended.
 */
int borrow_socket(const struct owner_map *map, const struct socket_owner *owner);

/*
 * Acts as the application's own shutdown(2) would: whoever reads gets an end
 * of file, and by SHUT_RDWR the peer a FIN. False with errno, ENOTCONN if the
 * connection has ended already.
 */
bool hang_up_socket(int socket, int how);

#endif
