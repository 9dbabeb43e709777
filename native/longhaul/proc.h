/*
 * Which processes hold which sockets: one pass over /proc, whatever the number
 * of sockets looked for.
 */
#ifndef LONGHAUL_PROC_H
#define LONGHAUL_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The kernel cuts names at 15 bytes. */
enum { PROCESS_NAME_SIZE = 16 };

struct socket_owner {
	uint32_t inode;
	pid_t pid;
	int fd;
	char name[PROCESS_NAME_SIZE];
};

struct owner_list {
	struct socket_owner *items;	/* a socket that is shared, or duplicated, has several */
	size_t count;
	size_t capacity;
	bool hidden;			/* a process may not be looked into, and may hold some too */
};

/* Sorted, and without 0. */
struct inode_set {
	const uint32_t *items;
	size_t count;
};

/* Adds what all processes hold of wanted; false with errno. */
bool find_owners(struct inode_set wanted, struct owner_list *owners);

/* The same for one process; ESRCH if there is none. */
bool find_owners_in(pid_t pid, struct inode_set wanted, struct owner_list *owners);

/* The owners of an inode, once find_owners has been called and the list sorted. */
void sort_owners(struct owner_list *owners);
const struct socket_owner *owners_of(const struct owner_list *owners, uint32_t inode, size_t *count);

/* qsort's order for an array of inodes. */
int compare_inodes(const void *left, const void *right);

/* Reads the text of a link in /proc/PID/fd, "socket:[123]"; false if it is another. */
bool parse_socket_link(const char *text, uint32_t *inode);

/* Reads /proc/PID/comm, of which length bytes have been read. */
void parse_process_name(const char *text, size_t length, char name[PROCESS_NAME_SIZE]);

#endif
