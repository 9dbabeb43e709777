/* Prints without stdio, which the library does not have. */
#include "debug.h"

#include <stddef.h>

#include "system_call.h"

enum { STANDARD_ERROR = 2, LINE_SIZE = 128 };

/* LINE_SIZE holds all the text below and four ten-digit numbers. */
struct line {
	char text[LINE_SIZE];
	size_t length;
};

static void add_text(struct line *line, const char *text)
{
	while (*text)
		line->text[line->length++] = *text++;
}

static void add_number(struct line *line, int number)
{
	char digits[sizeof("2147483647")];
	char *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	add_text(line, first);
}

void print_keepalive(const struct keepalive *keepalive)
{
	struct line line;

	line.length = 0;
	add_text(&line, "longhaul: keepalive idle=");
	add_number(&line, keepalive->idle_seconds);
	add_text(&line, "s interval=");
	add_number(&line, keepalive->interval_seconds);
	add_text(&line, "s probes=");
	add_number(&line, keepalive->probes);
	add_text(&line, " user_timeout=");
	add_number(&line, keepalive->user_timeout_ms);
	add_text(&line, keepalive->follows_program ? "ms (auto)\n" : "ms\n");
	system_call(CALL_WRITE, STANDARD_ERROR, (long)line.text, (long)line.length, 0, 0);
}
