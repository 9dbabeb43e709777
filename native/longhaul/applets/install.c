/*
 * longhaul install DIR: copies this binary and libkeepalive.so, which lies
 * beside it, into DIR. It runs as an init container that shares DIR with the
 * app containers.
 *
 * A file is written under a temporary name and renamed, so that no program
 * ever loads half of one, and one that runs from DIR can be replaced (opening
 * it for writing would be ETXTBSY). There is no fsync: DIR is in memory, and
 * is gone after a crash anyway.
 *
 * A file that is there already stays: when a pod's sandbox is made anew its
 * init containers run again, and the volume is too small for two copies.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "text/args.h"

enum { INSTALLED_MODE = 0555 };

static const char self_path[] = "/proc/self/exe";

static bool fail(const char *path)
{
	warn("install: %s", path);
	return false;
}

static bool write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(fd, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		data += written;
		length -= (size_t)written;
	}
	return true;
}

static bool copy_content(int source, const char *source_path, int target, const char *target_path)
{
	static char buffer[64 * 1024];
	ssize_t length;

	do {
		length = read(source, buffer, sizeof(buffer));
		if (length < 0 && errno != EINTR)
			return fail(source_path);
		if (length > 0 && !write_all(target, buffer, (size_t)length))
			return fail(target_path);
	} while (length);
	return true;
}

/* Closes fd. Quotas and network file systems report a full disk only then, hence the check. */
static bool finish(int fd, const char *temporary, const char *target_path)
{
	bool done = fchmod(fd, INSTALLED_MODE) == 0;

	done = close(fd) == 0 && done;
	if (!done || rename(temporary, target_path) < 0)
		return fail(target_path);
	return true;
}

/* Reads until the buffer is full or the file ends; -1 with errno. */
static ssize_t read_full(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t length = read(fd, buffer + used, size - used);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -1;
		if (length == 0)
			break;
		used += (size_t)length;
	}
	return (ssize_t)used;
}

/* Moves both files' positions. */
static bool has_same_content(int one, int other)
{
	static char buffers[2][64 * 1024];
	ssize_t length;

	do {
		length = read_full(one, buffers[0], sizeof(buffers[0]));
		if (length < 0 || read_full(other, buffers[1], sizeof(buffers[1])) != length ||
		    memcmp(buffers[0], buffers[1], (size_t)length) != 0)
			return false;
	} while (length);
	return true;
}

/* Whether the target is what would be installed. Of what can't be read nothing is known: it is replaced. */
static bool is_installed(int source, const char *target_path)
{
	int target = open(target_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	bool installed = target >= 0 && fstat(target, &status) == 0 && S_ISREG(status.st_mode) &&
			 (status.st_mode & 07777) == INSTALLED_MODE && has_same_content(source, target);

	if (target >= 0)
		close(target);
	return installed;
}

static bool install_from(int source, const char *source_path, const char *directory, const char *target_path)
{
	char temporary[PATH_MAX];
	int target;

	/* A random name: two runs at once must not rename each other's unfinished file. */
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", target_path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return fail(target_path);
	}
	target = mkstemp(temporary);
	if (target < 0)
		return fail(directory);
	if (!copy_content(source, source_path, target, target_path))
		close(target);
	else if (finish(target, temporary, target_path))
		return true;
	unlink(temporary);
	return false;
}

static bool install_file(const char *source_path, const char *directory, const char *name)
{
	char target_path[PATH_MAX];
	int source;
	bool done;

	if (snprintf(target_path, sizeof(target_path), "%s/%s", directory, name) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return fail(directory);
	}
	source = open(source_path, O_RDONLY | O_CLOEXEC);
	if (source < 0)
		return fail(source_path);
	done = is_installed(source, target_path) ||
	       (lseek(source, 0, SEEK_SET) == 0 ? install_from(source, source_path, directory, target_path) :
						  fail(source_path));
	close(source);
	return done;
}

/* The path of name in the folder that this binary lies in. */
static bool path_beside_self(const char *name, char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t length = readlink(self_path, self, sizeof(self) - 1);
	const char *folder;

	if (length < 0)
		return fail(self_path);
	self[length] = '\0';
	folder = dirname(self);
	if ((size_t)snprintf(path, size, "%s/%s", strcmp(folder, "/") ? folder : "", name) >= size) {
		errno = ENAMETOOLONG;
		return fail(folder);
	}
	return true;
}

/* The one operand, or null after saying what is wrong. */
static const char *read_directory(char **argv)
{
	struct args args = { .applet = &install_applet, .next = argv };
	const char *directory = NULL;
	int result;

	while ((result = args_next(&args)) == ARGS_OPERAND && !directory)
		directory = args.value;
	if (result == ARGS_END && directory && *directory)
		return directory;
	/* Before the slash of a file's name, it would stand for the root. */
	if (result == ARGS_END && directory)
		warnx("install: \"\" names no folder; see longhaul install --help");
	else if (result != ARGS_WRONG)
		warnx("install: takes one folder; see longhaul install --help");
	return NULL;
}

static int run(char **argv)
{
	const char *directory = read_directory(argv);
	char library_path[PATH_MAX];
	bool done;

	if (!directory)
		return EXIT_WRONG_CALL;
	/* A limit on file sizes is then EFBIG, an error like any other; the signal would end us in the middle. */
	signal(SIGXFSZ, SIG_IGN);
	done = path_beside_self("libkeepalive.so", library_path, sizeof(library_path)) &&
	       install_file(library_path, directory, "libkeepalive.so") &&
	       install_file(self_path, directory, "longhaul");
	return done ? EXIT_DONE : EXIT_FAILED;
}

const struct applet install_applet = {
	.name = "install",
	.operands = "DIR",
	.summary = "Copy this binary and libkeepalive.so into a folder",
	.run = run,
};
