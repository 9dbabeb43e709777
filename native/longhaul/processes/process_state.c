/* The files and folders that everybody may read, unless /proc is mounted with hidepid. */
#include "processes/process_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "text/number.h"

/* EPERM: /proc is mounted with hidepid=1. */
bool is_refusal(int error)
{
	return error == EACCES || error == EPERM;
}

ssize_t read_proc_file(pid_t pid, const char *name, char *buffer, size_t size)
{
	char path[sizeof("/proc/2147483647/statm")];
	ssize_t length;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -1;
	length = read(file, buffer, size);
	close(file);
	return length;
}

bool may_have_memory(pid_t pid)
{
	char first;
	ssize_t length = read_proc_file(pid, "statm", &first, 1);

	return length < 0 ? is_refusal(errno) : length && first != '0';
}

pid_t other_thread_of(pid_t pid)
{
	char path[sizeof("/proc/2147483647/task")];
	const struct dirent *entry;
	int64_t thread = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	directory = opendir(path);
	while (directory && (entry = readdir(directory)))
		if (parse_integer(entry->d_name, 1, INT_MAX, &thread) && thread != pid)
			break;
	if (directory)
		closedir(directory);
	return thread == pid ? 0 : (pid_t)thread;
}
