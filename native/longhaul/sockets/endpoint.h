/*
 * One side of connections as users write it: ADDRESS[/PREFIX] PORT.
 */
#ifndef LONGHAUL_ENDPOINT_H
#define LONGHAUL_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct address_pattern {
	uint8_t family;			/* AF_INET or AF_INET6 */
	uint8_t prefix_bits;
	unsigned char bytes[16];	/* the first four of them for AF_INET */
};

/* Any port: 0 to 65535. */
struct port_range {
	uint16_t first;
	uint16_t last;
};

/*
 * Reads "10.0.0.7", "10.0.0.0/8", "2001:db8::/32". An IPv4-mapped address
 * (::ffff:10.0.0.7) stands for the IPv4 one. Otherwise false.
 */
bool parse_address_pattern(const char *text, struct address_pattern *result);

/* Reads "80", "80-90", or "0" for any port. Otherwise false. */
bool parse_port_range(const char *text, struct port_range *result);

/* Whether the 16 bytes are ::ffff:a.b.c.d, what an IPv6 socket has for IPv4; the latter are behind the prefix. */
enum { MAPPED_PREFIX_BYTES = 12 };
bool is_ipv4_mapped(const unsigned char *address);

#endif
