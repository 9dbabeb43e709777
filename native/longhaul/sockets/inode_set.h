/* Sockets to be known again, by their inode numbers: these are not used again in practice. */
#ifndef LONGHAUL_INODE_SET_H
#define LONGHAUL_INODE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode_set {
	uint32_t *inodes;	/* freed when the process ends */
	size_t count;
	size_t capacity;
	bool sorted;
};

/* What there is no memory for is left out. */
void inode_set_add(struct inode_set *set, uint32_t inode);

/* Cheap where many are asked for between additions. */
bool inode_set_has(struct inode_set *set, uint32_t inode);

#endif
