/*
 * The pass over /proc/PID/fd. Processes and descriptors come and go while it
 * runs: what has just gone is left out. A process that is hidden (another
 * user's, not dumpable, or by the options /proc is mounted with) is remembered
 * instead, since it may hold what is missing.
 */
#include "processes/proc.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "processes/hidden_processes.h"
#include "processes/process_state.h"
#include "text/number.h"

bool parse_socket_link(const char *text, uint32_t *inode)
{
	static const char prefix[] = "socket:[";
	char digits[sizeof("4294967295")];
	size_t length;
	int64_t number;

	if (strncmp(text, prefix, strlen(prefix)) != 0)
		return false;
	text += strlen(prefix);
	length = strcspn(text, "]");
	if (length >= sizeof(digits) || strcmp(text + length, "]") != 0)
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!parse_integer(digits, 1, UINT32_MAX, &number))
		return false;
	*inode = (uint32_t)number;
	return true;
}

void parse_process_name(const char *text, size_t length, char name[PROCESS_NAME_SIZE])
{
	if (length && text[length - 1] == '\n')
		length--;
	if (length >= PROCESS_NAME_SIZE)
		length = PROCESS_NAME_SIZE - 1;
	memcpy(name, text, length);
	name[length] = '\0';
}

static bool read_process_name(pid_t pid, char name[PROCESS_NAME_SIZE])
{
	char text[PROCESS_NAME_SIZE];
	ssize_t length = read_proc_file(pid, "comm", text, sizeof(text));

	if (length < 0) {
		errno = ESRCH;
		return false;
	}
	parse_process_name(text, (size_t)length, name);
	return true;
}

/* The inode of the socket that a descriptor stands for; false with errno, which is 0 if it is no socket. */
static bool read_socket_link(DIR *directory, const char *name, uint32_t *inode)
{
	char text[64];
	ssize_t length = readlinkat(dirfd(directory), name, text, sizeof(text) - 1);

	if (length < 0)
		return false;
	text[length] = '\0';
	errno = 0;
	return parse_socket_link(text, inode);
}

/* Adds the process before its first owner; false with errno, ESRCH if it has just ended. */
static bool add_first_of(struct owner_map *map, const struct process *nameless)
{
	struct process process = *nameless;

	if (map->process_count && map->processes[map->process_count - 1].pid == process.pid)
		return true;
	return read_process_name(process.pid, process.name) && add_process(map, &process);
}

static bool add_descriptors(DIR *directory, const struct process *process, struct owner_map *map)
{
	const struct dirent *entry;
	bool empty = true;

	while ((entry = readdir(directory))) {
		uint32_t inode;
		int64_t fd;

		if (!parse_integer(entry->d_name, 0, INT_MAX, &fd))
			continue;
		empty = false;
		if (!read_socket_link(directory, entry->d_name, &inode)) {
			/* The folder opens with CAP_DAC_OVERRIDE alone, its links don't: all of them fail. */
			if (errno == EACCES)
				return false;
			continue;
		}
		if (is_wanted(map, inode) && !(add_first_of(map, process) && add_owner(map, inode, (int)fd)))
			return false;
	}
	if (empty)
		errno = ENODATA;
	return !empty;
}

/* False with errno, ESRCH if the thread has ended, ENODATA if it has no descriptors. */
static bool read_descriptors(const struct process *process, struct owner_map *map)
{
	char path[sizeof("/proc/2147483647/fd")];
	DIR *directory;
	bool added;

	snprintf(path, sizeof(path), "/proc/%d/fd", process->thread);
	directory = opendir(path);
	if (!directory) {
		if (errno == ENOENT)
			errno = ESRCH;
		return false;
	}
	added = add_descriptors(directory, process, map);
	closedir(directory);
	return added;
}

static bool look_through(pid_t thread, pid_t pid, struct owner_map *map)
{
	const struct process process = { .pid = pid, .thread = thread, .pidfd = -1 };

	return read_descriptors(&process, map);
}

static bool look_into(pid_t pid, struct owner_map *map)
{
	if (look_through(pid, pid, map))
		return true;
	if (errno == ENODATA || (is_refusal(errno) && !may_have_memory(pid))) {
		pid_t other = other_thread_of(pid);

		if (!other || look_through(other, pid, map) || errno == ENODATA)
			return true;
	}
	if (!is_refusal(errno))
		return false;
	map->hidden = true;
	return true;
}

bool find_owners_in(pid_t pid, struct owner_map *map)
{
	if (look_into(pid, map))
		return true;
	/* What kill(2) then leaves in errno is ESRCH again. */
	if (errno != ESRCH || !is_alive(pid))
		return false;
	map->hidden = true;
	return true;
}

bool find_owners(struct owner_map *map)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	bool found = true;

	if (!directory)
		return false;
	map->hidden = processes_may_be_missing();
	while (found && (entry = readdir(directory))) {
		int64_t pid;

		if (parse_integer(entry->d_name, 1, INT_MAX, &pid))
			found = look_into((pid_t)pid, map) || errno == ESRCH;
	}
	closedir(directory);
	return found;
}
