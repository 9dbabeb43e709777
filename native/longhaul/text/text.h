/*
 * A line of output, put together by hand: with printf and inet_ntop, musl
 * takes as long to print a connection as the kernel takes to end it.
 */
#ifndef LONGHAUL_TEXT_H
#define LONGHAUL_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char bytes[1024];
	size_t length;
};

/* What does not fit is left out. */
void add_character(struct text *text, char character);
void add_string(struct text *text, const char *string);
void add_number(struct text *text, uint32_t number);

/* Blanks up to that length. */
void pad_to(struct text *text, size_t length);

/* "1.234" */
void add_seconds(struct text *text, uint32_t ms);

/* An address as the kernel's list holds it; an IPv4-mapped one as IPv4. */
void add_address(struct text *text, uint8_t family, const void *address);

#endif
