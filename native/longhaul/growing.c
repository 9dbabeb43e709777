/* By doubling, so that an item costs the same however many there are. */
#include "growing.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
	size_t larger = *capacity ? *capacity * 2 : FIRST_CAPACITY;

	if (count < *capacity)
		return items;
	items = reallocarray(items, larger, item_size);
	if (items)
		*capacity = larger;
	return items;
}
