/*
 * The line goes out in one write, so that it can't be torn, and never waits: a
 * log that nobody reads must not hold up the end of a pod.
 */
#include "container_log.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Opened anew and not inherited: O_NONBLOCK is then ours alone. A file is appended to, never cut. */
static int open_container_log(void)
{
	return open("/proc/1/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool write_line(int fd, const char *line)
{
	char text[512];
	int length = snprintf(text, sizeof(text), "longhaul: %s\n", line);

	return write(fd, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1) >= 0;
}

void write_container_log(const char *line)
{
	int log = open_container_log();
	bool written = log >= 0 && write_line(log, line);

	if (log >= 0)
		close(log);
	if (!written)
		write_line(STDOUT_FILENO, line);
}
