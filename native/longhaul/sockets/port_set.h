/* A set of ports, for filters and for people. */
#ifndef LONGHAUL_PORT_SET_H
#define LONGHAUL_PORT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sockets/endpoint.h"

struct port_set {
	unsigned char bits[65536 / 8];
};

void port_set_add(struct port_set *set, uint16_t port);
void port_set_remove_all(struct port_set *set, const struct port_set *others);
bool port_set_has(const struct port_set *set, uint16_t port);
bool port_set_is_empty(const struct port_set *set);

/*
 * Fills ranges with the ports from *cursor on, in order, as many as fit, and
 * moves *cursor behind them; returns how many. Start with 0, end when it
 * returns 0.
 */
size_t port_set_ranges(const struct port_set *set, uint32_t *cursor, struct port_range *ranges, size_t capacity);

/* "port 80", "ports 80, 90-92", "ports 1, 3, 5 and more". */
void port_set_describe(const struct port_set *set, char *text, size_t size);

#endif
