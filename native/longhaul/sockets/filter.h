/*
 * Which sockets a dump is about, and the same as the kernel's INET_DIAG
 * bytecode, so that the others are never copied to user space.
 */
#ifndef LONGHAUL_FILTER_H
#define LONGHAUL_FILTER_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stddef.h>

#include "sockets/endpoint.h"

/* A jump's distance is 16 bits wide; this many ranges stay well below. */
enum { FILTER_MAX_RANGES = 1024 };

enum side { SIDE_REMOTE, SIDE_LOCAL };

struct socket_filter {
	enum side side;				/* the side that address and ports are of */
	const struct address_pattern *address;	/* NULL: any */
	const struct port_range *ranges;	/* any of them; none: any port */
	size_t range_count;			/* at most FILTER_MAX_RANGES */
};

/* A range is two comparisons of two words and a jump; an address, at the most, eleven words. */
enum { FILTER_MAX_WORDS = FILTER_MAX_RANGES * 5 + 16 };

/* The bytecode, in words of four bytes; returns how many. */
size_t filter_bytecode(const struct socket_filter *filter, struct inet_diag_bc_op words[FILTER_MAX_WORDS]);

#endif
