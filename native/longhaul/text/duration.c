/*
 * The duration parser. Whole numbers only: a double would turn 0.3s into
 * 300.00000000000006 ms, and would pull floating point into the binary.
 */
#include "text/duration.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

struct unit {
	const char *name;
	int64_t ms;
};

/* Large to small, as they may follow each other. */
static const struct unit units[] = {
	{ "h", 3600 * 1000 },
	{ "m", 60 * 1000 },
	{ "s", 1000 },
	{ "ms", 1 },
};
enum { UNIT_COUNT = sizeof(units) / sizeof(units[0]), SECONDS = 2 };

/*
 * The largest unit times either limit fits an int64_t, and each unit occurs at
 * most once: nothing below needs a check for overflow.
 */
static const int64_t whole_limit = INT64_C(1000000000000);
static const int64_t scale_limit = INT64_C(1000000000);

struct amount {
	int64_t whole;
	int64_t fraction;	/* in units of 1 / scale */
	int64_t scale;
};

static bool read_digit(const char **text, int *digit)
{
	if (!isdigit((unsigned char)**text))
		return false;
	*digit = *(*text)++ - '0';
	return true;
}

static bool read_amount(const char **text, struct amount *amount)
{
	int digit;

	*amount = (struct amount){ .scale = 1 };
	if (!isdigit((unsigned char)**text))
		return false;
	while (read_digit(text, &digit)) {
		amount->whole = amount->whole * 10 + digit;
		if (amount->whole > whole_limit)
			return false;
	}
	if (**text != '.')
		return true;
	(*text)++;
	while (read_digit(text, &digit)) {
		amount->fraction = amount->fraction * 10 + digit;
		amount->scale *= 10;
		if (amount->scale > scale_limit)
			return false;
	}
	return amount->scale > 1;
}

/* The index of the unit that stands at *text, which moves behind it; UNIT_COUNT if there is none. */
static size_t read_unit(const char **text)
{
	size_t length = strspn(*text, "hms");
	size_t index = 0;

	while (index < UNIT_COUNT && (strlen(units[index].name) != length ||
				      strncmp(units[index].name, *text, length)))
		index++;
	*text += length;
	return index;
}

bool parse_duration(const char *text, int64_t max_ms, int64_t *result_ms)
{
	size_t next_unit = 0;
	int64_t total_ms = 0;

	do {
		bool first = next_unit == 0;
		struct amount amount;
		size_t unit;

		if (!read_amount(&text, &amount))
			return false;
		unit = first && !*text ? SECONDS : read_unit(&text);
		if (unit < next_unit || unit >= UNIT_COUNT)
			return false;
		next_unit = unit + 1;
		total_ms += amount.whole * units[unit].ms;
		total_ms += (amount.fraction * units[unit].ms + amount.scale - 1) / amount.scale;
		if (total_ms > max_ms)
			return false;
	} while (*text);
	*result_ms = total_ms;
	return true;
}
