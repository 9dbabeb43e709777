#include "applets/installed_file.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct source {
	int fd;
	const char *path;	/* for messages */
	mode_t mode;		/* of what is installed */
};

bool install_failed(const char *path)
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

static bool copy_content(const struct source *source, int target, const char *target_path)
{
	static char buffer[64 * 1024];
	ssize_t length;

	do {
		length = read(source->fd, buffer, sizeof(buffer));
		if (length < 0 && errno != EINTR)
			return install_failed(source->path);
		if (length > 0 && !write_all(target, buffer, (size_t)length))
			return install_failed(target_path);
	} while (length);
	return true;
}

/* Closes fd. Quotas and network file systems report a full disk only then, hence the check. */
static bool finish(int fd, mode_t mode, const char *temporary, const char *target_path)
{
	bool done = fchmod(fd, mode) == 0;

	done = close(fd) == 0 && done;
	if (!done || rename(temporary, target_path) < 0)
		return install_failed(target_path);
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
static bool is_installed(const struct source *source, const char *target_path)
{
	int target = open(target_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	bool installed = target >= 0 && fstat(target, &status) == 0 && S_ISREG(status.st_mode) &&
			 (status.st_mode & 07777) == source->mode && has_same_content(source->fd, target);

	if (target >= 0)
		close(target);
	return installed;
}

static bool write_target(const struct source *source, const char *folder, const char *target_path)
{
	char temporary[PATH_MAX];
	int target;

	/* A random name: two runs at once must not rename each other's unfinished file. */
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", target_path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return install_failed(target_path);
	}
	target = mkstemp(temporary);
	if (target < 0)
		return install_failed(folder);
	if (!copy_content(source, target, target_path))
		close(target);
	else if (finish(target, source->mode, temporary, target_path))
		return true;
	unlink(temporary);
	return false;
}

/* Closes the source. */
static bool install_from(const struct source *source, const char *folder, const char *name)
{
	char target_path[PATH_MAX];
	bool done;

	if (snprintf(target_path, sizeof(target_path), "%s/%s", folder, name) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		done = install_failed(folder);
	} else {
		done = is_installed(source, target_path) ||
		       (lseek(source->fd, 0, SEEK_SET) == 0 ? write_target(source, folder, target_path) :
							      install_failed(source->path));
	}
	close(source->fd);
	return done;
}

bool install_copy(const char *source_path, const char *folder, const char *name)
{
	struct source source = { open(source_path, O_RDONLY | O_CLOEXEC), source_path, 0555 };

	return source.fd >= 0 ? install_from(&source, folder, name) : install_failed(source_path);
}

bool install_text(const char *text, const char *folder, const char *name)
{
	struct source source = { memfd_create(name, MFD_CLOEXEC), name, 0444 };

	if (source.fd < 0)
		return install_failed(name);
	if (write_all(source.fd, text, strlen(text)) && lseek(source.fd, 0, SEEK_SET) == 0)
		return install_from(&source, folder, name);
	close(source.fd);
	return install_failed(name);
}
