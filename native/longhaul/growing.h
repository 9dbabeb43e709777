/* Arrays that grow. */
#ifndef LONGHAUL_GROWING_H
#define LONGHAUL_GROWING_H

#include <stddef.h>

/*
 * Makes room for one more item behind count of them. The array, which may have
 * moved; NULL with errno if there is no memory, and then it is as it was.
 */
void *grow(void *items, size_t count, size_t *capacity, size_t item_size);

#endif
