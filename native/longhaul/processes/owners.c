/*
 * A hash table with open addressing, at most half full, that is made for the
 * sockets looked for before the pass over /proc: the pass then costs one
 * look-up for each descriptor, whatever the number of sockets.
 */
#include "processes/owners.h"

#include <stdlib.h>
#include <unistd.h>

#include "growing.h"

struct inode_slot {
	uint32_t inode;		/* 0: free */
	size_t first;		/* owner: index plus one, 0 for none */
};

bool create_owner_map(struct owner_map *map, size_t inode_count)
{
	*map = (struct owner_map){ .slot_bits = 4 };
	while (inode_count > (size_t)1 << (map->slot_bits - 1))
		map->slot_bits++;
	map->slots = calloc((size_t)1 << map->slot_bits, sizeof(*map->slots));
	return map->slots != NULL;
}

void close_pidfds(const struct owner_map *map)
{
	for (size_t index = 0; index < map->process_count; index++) {
		struct process *process = &map->processes[index];

		if (process->pidfd >= 0)
			close(process->pidfd);
		process->pidfd = -1;
	}
}

void free_owner_map(struct owner_map *map)
{
	close_pidfds(map);
	free(map->slots);
	free(map->owners);
	free(map->processes);
}

/* The slot of an inode, or the free one that it would take. */
static struct inode_slot *find_slot(const struct owner_map *map, uint32_t inode)
{
	/* Inodes are numbered in sequence: Fibonacci hashing spreads them over the highest bits. */
	size_t index = (uint32_t)(inode * UINT32_C(2654435769)) >> (32 - map->slot_bits);
	size_t mask = ((size_t)1 << map->slot_bits) - 1;

	while (map->slots[index].inode && map->slots[index].inode != inode)
		index = (index + 1) & mask;
	return &map->slots[index];
}

void want_inode(struct owner_map *map, uint32_t inode)
{
	find_slot(map, inode)->inode = inode;
}

bool is_wanted(const struct owner_map *map, uint32_t inode)
{
	return inode && find_slot(map, inode)->inode == inode;
}

bool add_process(struct owner_map *map, const struct process *process)
{
	struct process *processes = grow(map->processes, map->process_count, &map->process_capacity,
					 sizeof(*processes));

	if (!processes)
		return false;
	map->processes = processes;
	processes[map->process_count++] = *process;
	return true;
}

bool add_owner(struct owner_map *map, uint32_t inode, int fd)
{
	struct inode_slot *slot = find_slot(map, inode);
	struct socket_owner *owners = grow(map->owners, map->owner_count, &map->owner_capacity, sizeof(*owners));

	if (!owners)
		return false;
	map->owners = owners;
	owners[map->owner_count] = (struct socket_owner){
		.inode = inode,
		.fd = fd,
		.process = map->process_count - 1,
		.next = slot->first,
	};
	slot->first = ++map->owner_count;
	return true;
}

const struct socket_owner *first_owner(const struct owner_map *map, uint32_t inode)
{
	size_t first = inode ? find_slot(map, inode)->first : 0;

	return first ? &map->owners[first - 1] : NULL;
}

const struct socket_owner *next_owner(const struct owner_map *map, const struct socket_owner *owner)
{
	return owner->next ? &map->owners[owner->next - 1] : NULL;
}
