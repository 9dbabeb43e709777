/* One pass over /proc for the owners of sockets, whatever the number of sockets. */
#ifndef LONGHAUL_PROC_H
#define LONGHAUL_PROC_H

#include "processes/owners.h"

/* Adds what all processes hold of the sockets wanted; false with errno. */
bool find_owners(struct owner_map *map);

/* The same for one process; ESRCH if there is none. */
bool find_owners_in(pid_t pid, struct owner_map *map);

/* Reads the text of a link in /proc/PID/fd, "socket:[123]"; false if it is another. */
bool parse_socket_link(const char *text, uint32_t *inode);

/* Reads /proc/PID/comm, of which length bytes have been read. */
void parse_process_name(const char *text, size_t length, char name[PROCESS_NAME_SIZE]);

#endif
