/*
 * The list is read twice: a process that was held between the two and lives
 * after them was a member, whatever became of its id meanwhile.
 */
#include "node/cgroups/members.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

typedef bool visit_process(pid_t pid, struct member_list *list);

/* Visits the processes that the cgroup itself has. */
static bool visit_own(int cgroup, visit_process *visit, struct member_list *list)
{
	int file = openat(cgroup, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *stream = file < 0 ? NULL : fdopen(file, "r");
	bool visited = stream;
	long pid;

	while (visited && fscanf(stream, "%ld", &pid) == 1)
		visited = visit((pid_t)pid, list);
	if (stream)
		fclose(stream);
	/* A folder of threads lists none: their processes are listed above it. It may be gone, too. */
	return visited || errno == EOPNOTSUPP || errno == ENOENT || errno == ENODEV;
}

static bool visit_all(int cgroup, visit_process *visit, struct member_list *list)
{
	int folder = openat(cgroup, ".", FOLDER);
	DIR *directory = folder < 0 ? NULL : fdopendir(folder);
	const struct dirent *entry;
	bool visited = directory && visit_own(cgroup, visit, list);

	while (visited && (entry = readdir(directory))) {
		int child;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		child = openat(cgroup, entry->d_name, FOLDER);
		if (child < 0)
			continue;
		visited = visit_all(child, visit, list);
		close(child);
	}
	if (directory)
		closedir(directory);
	return visited;
}

/* Room is made by doubling: at each power of two the list is full. */
static bool add_member(struct member_list *list, struct member member)
{
	bool full = (list->count & (list->count - 1)) == 0;
	size_t size = list->count ? 2 * list->count : 1;
	struct member *larger = full ? realloc(list->members, size * sizeof(member)) : list->members;

	if (!larger)
		return false;
	list->members = larger;
	list->members[list->count++] = member;
	return true;
}

/* The kernel gives 0 for a process of a PID namespace that is not below this one. */
static bool hold(pid_t pid, struct member_list *list)
{
	struct member member = { .pid = pid };

	if (pid == 0)
		return list->hidden = true;
	member.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (member.pidfd < 0)
		return errno == ESRCH || errno == EINVAL;	/* ended; or its first thread has */
	if (add_member(list, member))
		return true;
	close(member.pidfd);
	return false;
}

static int compare(const void *left, const void *right)
{
	const struct member *one = left, *other = right;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

static bool confirm(pid_t pid, struct member_list *list)
{
	const struct member wanted = { .pid = pid };
	struct member *found = list->count ?
		bsearch(&wanted, list->members, list->count, sizeof(wanted), compare) : NULL;

	if (found)
		found->confirmed = true;
	return true;
}

static bool lives(const struct member *member)
{
	return syscall(SYS_pidfd_send_signal, member->pidfd, 0, NULL, 0) == 0 || errno == EPERM;
}

static void keep_confirmed(struct member_list *list)
{
	size_t kept = 0;

	for (size_t index = 0; index < list->count; index++) {
		const struct member *member = &list->members[index];

		if (member->confirmed && lives(member))
			list->members[kept++] = *member;
		else
			close(member->pidfd);
	}
	list->count = kept;
}

bool find_members(int cgroup, struct member_list *list)
{
	if (!visit_all(cgroup, hold, list))
		return false;
	if (list->count)
		qsort(list->members, list->count, sizeof(*list->members), compare);
	if (!visit_all(cgroup, confirm, list))
		return false;
	keep_confirmed(list);
	return true;
}

void free_members(struct member_list *list)
{
	for (size_t index = 0; index < list->count; index++)
		close(list->members[index].pidfd);
	free(list->members);
	*list = (struct member_list){ 0 };
}
