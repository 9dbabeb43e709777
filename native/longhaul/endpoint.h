/*
 * One side of a connection as users write it, ADDRESS[/PREFIX] PORT, and as
 * longhaul prints it.
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

enum { ENDPOINT_LENGTH = INET6_ADDRSTRLEN };

/* The text of an address as the kernel's dump holds it; IPv4-mapped ones as IPv4. */
const char *format_address(uint8_t family, const void *address, char text[ENDPOINT_LENGTH]);

#endif
