/* What is written to it is read and forgotten. */
#include "text/input.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "text/clock.h"

static bool has_ended(void)
{
	char forgotten[512];

	return read(STDIN_FILENO, forgotten, sizeof(forgotten)) <= 0 && errno != EINTR;
}

static int timeout_until(int64_t end_ms)
{
	int64_t left_ms = end_ms - monotonic_ms();

	if (left_ms < 0)
		return 0;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

bool input_ends_by(int64_t end_ms)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	do {
		errno = 0;
		if (poll(&input, 1, timeout_until(end_ms)) > 0 && has_ended())
			return true;
	} while (monotonic_ms() < end_ms);
	return false;
}
