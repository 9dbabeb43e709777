/* An array that is sorted when one is looked for. */
#include "sockets/inode_set.h"

#include <stdlib.h>

#include "growing.h"

void inode_set_add(struct inode_set *set, uint32_t inode)
{
	uint32_t *inodes = grow(set->inodes, set->count, &set->capacity, sizeof(*inodes));

	if (!inodes)
		return;
	set->inodes = inodes;
	inodes[set->count++] = inode;
	set->sorted = false;
}

static int compare_inodes(const void *left, const void *right)
{
	uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;

	return (one > other) - (one < other);
}

bool inode_set_has(struct inode_set *set, uint32_t inode)
{
	if (!set->count)
		return false;
	if (!set->sorted)
		qsort(set->inodes, set->count, sizeof(inode), compare_inodes);
	set->sorted = true;
	return bsearch(&inode, set->inodes, set->count, sizeof(inode), compare_inodes);
}
