/* Reads addresses and ports; endpoint.h says in which form. */
#include "sockets/endpoint.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "text/number.h"

enum { IPV4_BITS = 32, IPV6_BITS = 128, MAPPED_BITS = 8 * MAPPED_PREFIX_BYTES };

bool is_ipv4_mapped(const unsigned char *address)
{
	static const unsigned char prefix[MAPPED_PREFIX_BYTES] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(address, prefix, sizeof(prefix));
}

/* Copies text up to the slash; false if it is too long for an address. */
static bool copy_address(const char *text, size_t length, char copy[INET6_ADDRSTRLEN])
{
	if (length >= INET6_ADDRSTRLEN)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return true;
}

static bool parse_address(const char *text, struct address_pattern *result)
{
	*result = (struct address_pattern){ .family = AF_INET, .prefix_bits = IPV4_BITS };
	if (inet_pton(AF_INET, text, result->bytes) == 1)
		return true;
	result->family = AF_INET6;
	result->prefix_bits = IPV6_BITS;
	return inet_pton(AF_INET6, text, result->bytes) == 1;
}

static void unmap(struct address_pattern *pattern)
{
	if (pattern->family != AF_INET6 || pattern->prefix_bits < MAPPED_BITS || !is_ipv4_mapped(pattern->bytes))
		return;
	pattern->family = AF_INET;
	pattern->prefix_bits = (uint8_t)(pattern->prefix_bits - MAPPED_BITS);
	memmove(pattern->bytes, pattern->bytes + MAPPED_PREFIX_BYTES, IPV4_BITS / 8);
}

bool parse_address_pattern(const char *text, struct address_pattern *result)
{
	size_t length = strcspn(text, "/");
	struct address_pattern pattern;
	char address[INET6_ADDRSTRLEN];
	int64_t bits;

	if (!copy_address(text, length, address) || !parse_address(address, &pattern))
		return false;
	bits = pattern.prefix_bits;
	if (text[length] && !parse_integer(text + length + 1, 0, bits, &bits))
		return false;
	pattern.prefix_bits = (uint8_t)bits;
	unmap(&pattern);
	*result = pattern;
	return true;
}

bool parse_port_range(const char *text, struct port_range *result)
{
	size_t length = strcspn(text, "-");
	char first_text[sizeof("65535")];
	int64_t first, last;

	if (!strcmp(text, "0")) {
		*result = (struct port_range){ 0, UINT16_MAX };
		return true;
	}
	if (length >= sizeof(first_text))
		return false;
	memcpy(first_text, text, length);
	first_text[length] = '\0';
	if (!parse_integer(first_text, 1, UINT16_MAX, &first))
		return false;
	last = first;
	if (text[length] && !parse_integer(text + length + 1, first, UINT16_MAX, &last))
		return false;
	*result = (struct port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}
