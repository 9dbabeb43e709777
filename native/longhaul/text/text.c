/* The line builder; text.h says why it is here. */
#include "text/text.h"

#include <arpa/inet.h>

#include "sockets/endpoint.h"

void add_character(struct text *text, char character)
{
	if (text->length < sizeof(text->bytes))
		text->bytes[text->length++] = character;
}

void add_string(struct text *text, const char *string)
{
	while (*string)
		add_character(text, *string++);
}

void add_number(struct text *text, uint32_t number)
{
	char digits[10];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		add_character(text, digits[--count]);
}

void pad_to(struct text *text, size_t length)
{
	while (text->length < length && text->length < sizeof(text->bytes))
		add_character(text, ' ');
}

void add_seconds(struct text *text, uint32_t ms)
{
	add_number(text, ms / 1000);
	add_character(text, '.');
	for (uint32_t scale = 100; scale; scale /= 10)
		add_character(text, (char)('0' + ms / scale % 10));
}

static void add_ipv4(struct text *text, const unsigned char *bytes)
{
	for (size_t index = 0; index < 4; index++) {
		if (index)
			add_character(text, '.');
		add_number(text, bytes[index]);
	}
}

void add_address(struct text *text, uint8_t family, const void *address)
{
	const unsigned char *bytes = address;
	char ipv6[INET6_ADDRSTRLEN];

	if (family == AF_INET)
		add_ipv4(text, bytes);
	else if (is_ipv4_mapped(bytes))
		add_ipv4(text, bytes + MAPPED_PREFIX_BYTES);
	else
		add_string(text, inet_ntop(AF_INET6, bytes, ipv6, sizeof(ipv6)));
}
