/* strtoll with the traps closed: it skips blanks, takes "+" and stops early without a word. */
#include "text/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

bool parse_integer(const char *text, int64_t min, int64_t max, int64_t *result)
{
	const char *digits = text + (text[0] == '-');
	char *end;
	long long value;

	if (!isdigit((unsigned char)digits[0]))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*result = value;
	return true;
}
