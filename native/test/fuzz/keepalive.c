/* The environment of a preloaded program: one variable a line. Whatever it says, the kernel must take the result. */
#include "fuzz.h"
#include "keepalive/config.h"
#include "keepalive/environment.h"

enum { MAX_VARIABLES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	char *environment[MAX_VARIABLES + 1] = { NULL };
	char *rest = text;

	for (int count = 0; count < MAX_VARIABLES && rest; count++)
		environment[count] = strsep(&rest, "\n");

	const char *list = environment_value(environment, "LONGHAUL_KEEPALIVE");
	struct keepalive keepalive = read_keepalive(list, environment);

	must(keepalive.idle_seconds >= 1 && keepalive.idle_seconds <= 32767);
	must(keepalive.interval_seconds >= 1 && keepalive.interval_seconds <= 32767);
	must(keepalive.probes >= 1 && keepalive.probes <= 127);
	must(keepalive.user_timeout_ms >= 0);
	if (list)
		is_keepalive_list(list);
	free(text);
	return 0;
}
