/* A bitmap: sorting, merging and duplicates take care of themselves. */
#include "sockets/port_set.h"

#include <stdio.h>
#include <string.h>

enum { PORT_COUNT = 65536, DESCRIBED_RANGES = 16 };

bool port_set_has(const struct port_set *set, uint16_t port)
{
	return set->bits[port / 8] >> (port % 8) & 1;
}

void port_set_add(struct port_set *set, uint16_t port)
{
	set->bits[port / 8] |= (unsigned char)(1U << (port % 8));
}

void port_set_remove_all(struct port_set *set, const struct port_set *others)
{
	for (size_t index = 0; index < sizeof(set->bits); index++)
		set->bits[index] &= (unsigned char)~others->bits[index];
}

bool port_set_is_empty(const struct port_set *set)
{
	uint32_t cursor = 0;
	struct port_range range;

	return port_set_ranges(set, &cursor, &range, 1) == 0;
}

size_t port_set_ranges(const struct port_set *set, uint32_t *cursor, struct port_range *ranges, size_t capacity)
{
	uint32_t port = *cursor;
	size_t count = 0;

	while (count < capacity) {
		while (port < PORT_COUNT && !port_set_has(set, (uint16_t)port))
			port++;
		if (port == PORT_COUNT)
			break;
		ranges[count].first = (uint16_t)port;
		while (port < PORT_COUNT && port_set_has(set, (uint16_t)port))
			port++;
		ranges[count++].last = (uint16_t)(port - 1);
	}
	*cursor = port;
	return count;
}

static size_t append_range(char *text, size_t size, const char *separator, struct port_range range)
{
	int length = range.first == range.last ?
		snprintf(text, size, "%s%u", separator, range.first) :
		snprintf(text, size, "%s%u-%u", separator, range.first, range.last);

	return (size_t)length < size ? (size_t)length : size - 1;
}

void port_set_describe(const struct port_set *set, char *text, size_t size)
{
	struct port_range ranges[DESCRIBED_RANGES + 1];
	uint32_t cursor = 0;
	size_t count = port_set_ranges(set, &cursor, ranges, DESCRIBED_RANGES + 1);
	bool single = count == 1 && ranges[0].first == ranges[0].last;
	size_t used = 0;

	for (size_t index = 0; index < count && index < DESCRIBED_RANGES; index++)
		used += append_range(text + used, size - used,
				     index ? ", " : single ? "port " : "ports ", ranges[index]);
	if (count > DESCRIBED_RANGES)
		snprintf(text + used, size - used, " and more");
}
