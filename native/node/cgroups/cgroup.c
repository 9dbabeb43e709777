#include "node/cgroups/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

static bool is_cgroup(int folder)
{
	struct statfs system;

	return fstatfs(folder, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC;
}

static bool is_same(int folder, int other)
{
	struct stat status, other_status;

	return fstat(folder, &status) == 0 && fstat(other, &other_status) == 0 &&
	       status.st_dev == other_status.st_dev && status.st_ino == other_status.st_ino;
}

int open_cgroup(const char *path)
{
	int folder = open(path, FOLDER);

	if (folder < 0 || is_cgroup(folder))
		return folder;
	close(folder);
	errno = EMEDIUMTYPE;
	return -1;
}

int open_parent_cgroup(int cgroup)
{
	int parent = openat(cgroup, "..", FOLDER);

	if (parent < 0 || (is_cgroup(parent) && !is_same(parent, cgroup)))
		return parent;
	close(parent);
	errno = 0;
	return -1;
}

bool hold_cgroup(int cgroup)
{
	int result;

	do
		result = flock(cgroup, LOCK_EX);
	while (result && errno == EINTR);
	return result == 0;
}
