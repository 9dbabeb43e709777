/* Which processes hold which sockets, by the inode number that both the kernel's list and /proc show. */
#ifndef LONGHAUL_OWNERS_H
#define LONGHAUL_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The kernel cuts names at 15 bytes. */
enum { PROCESS_NAME_SIZE = 16 };

/* Why the library in a process is not asked to hang up, see asked_library.h. */
enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_NOT_CAUGHT,	/* nothing there waits for a request: no library, or one that is told not to */
	OBSTACLE_OWN_FILTER,	/* it is under a seccomp filter that we are not under */
	OBSTACLE_DENIED,	/* it may not be sent a signal */
	OBSTACLE_NO_EFFECT,	/* it was asked once, in vain: it catches or blocks the signal itself */
	OBSTACLE_COUNT,
};

struct process {
	pid_t pid;
	pid_t thread;		/* whose descriptors were read: the first, of the same id, if it has not ended */
	int pidfd;		/* -1: not needed yet */
	char name[PROCESS_NAME_SIZE];
	bool looked_at;		/* for obstacles */
	enum obstacle obstacle;
};

struct socket_owner {
	uint32_t inode;
	int fd;
	size_t process;		/* index into the map's */
	size_t next;		/* owner of the same socket: index plus one, 0 for none */
};

struct owner_map {
	struct inode_slot *slots;	/* a hash table of the inodes looked for */
	unsigned int slot_bits;
	struct socket_owner *owners;
	size_t owner_count;
	size_t owner_capacity;
	struct process *processes;
	size_t process_count;
	size_t process_capacity;
	bool hidden;		/* a process may not be looked into, and may hold some of them too */
};

/* A map for at most that many inodes, which are then added by want_inode(); false with errno. */
bool create_owner_map(struct owner_map *map, size_t inode_count);
void free_owner_map(struct owner_map *map);

/* They are opened again when needed. */
void close_pidfds(const struct owner_map *map);

/* Inode 0 stands for none. */
void want_inode(struct owner_map *map, uint32_t inode);
bool is_wanted(const struct owner_map *map, uint32_t inode);

/* Adds a process, of which the next owners are; false with errno. */
bool add_process(struct owner_map *map, const struct process *process);
bool add_owner(struct owner_map *map, uint32_t inode, int fd);

/* A socket that is shared or duplicated has several owners; NULL: none, or no more. */
const struct socket_owner *first_owner(const struct owner_map *map, uint32_t inode);
const struct socket_owner *next_owner(const struct owner_map *map, const struct socket_owner *owner);

#endif
