/* parse duration|integer MIN MAX TEXT...: prints what the binary's parsers make of each text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../longhaul/text/duration.h"
#include "../longhaul/text/number.h"

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;

	int64_t min = strtoll(argv[2], NULL, 10), max = strtoll(argv[3], NULL, 10);

	for (char **text = argv + 4; *text; text++) {
		int64_t value;
		bool right = strcmp(argv[1], "duration") ? parse_integer(*text, min, max, &value)
							 : parse_duration(*text, max, &value);

		if (right)
			printf("%" PRId64 "\n", value);
		else
			puts("wrong");
	}
	return 0;
}
