/*
 * The line goes out in one write, so that it can't be torn, and never waits: a
 * log that nobody reads must not hold up the end of a pod.
 */
#include "container_log.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Opened anew and not inherited: O_NONBLOCK is then ours alone. A file is appended to, never cut. */
static int open_container_log(void)
{
	return open("/proc/1/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* That of the pause container, which is process 1 where the containers of a pod share their processes. */
static bool is_null_device(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
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
	bool written = log >= 0 && !is_null_device(log) && write_line(log, line);

	if (log >= 0)
		close(log);
	if (!written)
		write_line(STDOUT_FILENO, line);
}
