/* An applet's command line, one argument a line: the parser stays within it and always comes to an end. */
#include "fuzz.h"
#include "longhaul/text/args.h"

enum { MAX_ARGUMENTS = 16 };

static const struct option_row options[] = {
	{ "sleep", "D", "" },
	{ "dry-run", NULL, "" },
	{ NULL, NULL, NULL },
};
static const struct applet applet = { .name = "fuzz", .options = options };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	char *arguments[MAX_ARGUMENTS + 1] = { NULL };
	char *rest = text;

	for (int count = 0; count < MAX_ARGUMENTS && rest; count++)
		arguments[count] = strsep(&rest, "\n");

	struct args args = { .applet = &applet, .next = arguments };
	int result;

	for (int reads = 0; (result = args_next(&args)) >= 0 || result == ARGS_OPERAND; reads++) {
		must(reads < MAX_ARGUMENTS);
		must(result == ARGS_OPERAND || result < 2);
		if (result != 1)
			must(strlen(args.value) <= size);
	}
	free(text);
	return 0;
}
