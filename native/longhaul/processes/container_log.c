/*
 * The line goes out in one write, so that it can't be torn, and never waits: a
 * log that nobody reads must not hold up the end of a pod.
 */
#include "processes/container_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "processes/file_user.h"

/* Both are in the log. Some programs, php-fpm for one, put the first on /dev/null and keep the other. */
static const char *const outputs[] = { "/proc/1/fd/1", "/proc/1/fd/2" };

/* Opened anew and not inherited: O_NONBLOCK is then ours alone. A file is appended to, never cut. */
static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* An O_PATH descriptor opened again by ourselves, if it is a pipe: no user must choose which file root writes to. */
static int open_pipe(int found)
{
	char path[sizeof("/proc/self/fd/2147483647")];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	return fstat(found, &status) == 0 && S_ISFIFO(status.st_mode) ? open_log(path) : -1;
}

/*
 * Process 1 that root has started and that has become another user (gosu) is
 * closed to root without CAP_SYS_PTRACE, and its log's pipe, which is root's,
 * to that user: it is found as the one and opened as the other.
 */
static int open_log_of_other_user(const char *path)
{
	int found, log;

	if (!open_files_as_user_of(1))
		return -1;
	found = open(path, O_PATH | O_CLOEXEC);
	open_files_as_ourselves();
	if (found < 0)
		return -1;
	log = open_pipe(found);
	close(found);
	return log;
}

static int open_output(const char *path)
{
	int log = open_log(path);

	return log < 0 && errno == EACCES ? open_log_of_other_user(path) : log;
}

/* That of the pause container, which is process 1 where the containers of a pod share their processes. */
static bool is_null_device(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

static bool write_line(int fd, const char *line)
{
	char text[1536];
	int length = snprintf(text, sizeof(text), "longhaul: %s\n", line);

	return write(fd, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1) >= 0;
}

static bool write_to_output(const char *path, const char *line)
{
	int log = open_output(path);
	bool written = log >= 0 && !is_null_device(log) && write_line(log, line);

	if (log >= 0)
		close(log);
	return written;
}

void write_container_log(const char *line)
{
	for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
		if (write_to_output(outputs[i], line))
			return;
	}
	write_line(STDOUT_FILENO, line);
}
