/* Durations and numbers: within the limits asked for, and nothing written where the text is refused. */
#include "fuzz.h"
#include "longhaul/text/duration.h"
#include "longhaul/text/number.h"

static const int64_t untouched = -77;

static void check_duration(const char *text, int64_t max_ms)
{
	int64_t ms = untouched;

	if (parse_duration(text, max_ms, &ms))
		must(ms >= 0 && ms <= max_ms);
	else
		must(ms == untouched);
}

static void check_integer(const char *text, int64_t min, int64_t max)
{
	int64_t value = untouched;

	if (parse_integer(text, min, max, &value))
		must(value >= min && value <= max);
	else
		must(value == untouched);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);

	check_duration(text, 3600000);
	check_duration(text, INT64_MAX);
	check_integer(text, 0, 65535);
	check_integer(text, INT64_MIN, INT64_MAX);
	free(text);
	return 0;
}
