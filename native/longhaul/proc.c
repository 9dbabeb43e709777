/*
 * The pass over /proc/PID/fd. Processes and descriptors come and go while it
 * runs: what has just gone is left out. EACCES is remembered instead, since
 * such a process (of another user, or not dumpable) may hold what is missing.
 */
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

int compare_inodes(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static int compare_owners(const void *left, const void *right)
{
	const struct socket_owner *a = left, *b = right;

	return compare_inodes(&a->inode, &b->inode);
}

void sort_owners(struct owner_list *owners)
{
	if (owners->count)
		qsort(owners->items, owners->count, sizeof(*owners->items), compare_owners);
}

const struct socket_owner *owners_of(const struct owner_list *owners, uint32_t inode, size_t *count)
{
	size_t low = 0, high = owners->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->items[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < owners->count && owners->items[low + *count].inode == inode)
		++*count;
	return *count ? &owners->items[low] : NULL;
}

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
	char path[sizeof("/proc/2147483647/comm")];
	char text[PROCESS_NAME_SIZE];
	ssize_t length;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	length = read(file, text, sizeof(text));
	close(file);
	if (length < 0)
		return false;
	parse_process_name(text, (size_t)length, name);
	return true;
}

static bool append_owner(struct owner_list *owners, const struct socket_owner *owner)
{
	if (owners->count == owners->capacity) {
		size_t capacity = owners->capacity ? owners->capacity * 2 : 64;
		struct socket_owner *items = reallocarray(owners->items, capacity, sizeof(*items));

		if (!items)
			return false;
		owners->items = items;
		owners->capacity = capacity;
	}
	owners->items[owners->count++] = *owner;
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

static bool is_wanted(struct inode_set wanted, uint32_t inode)
{
	return bsearch(&inode, wanted.items, wanted.count, sizeof(inode), compare_inodes) != NULL;
}

static bool add_descriptors(DIR *directory, pid_t pid, struct inode_set wanted, struct owner_list *owners)
{
	struct socket_owner owner = { .pid = pid };
	const struct dirent *entry;

	while ((entry = readdir(directory))) {
		int64_t fd;

		if (!parse_integer(entry->d_name, 0, INT_MAX, &fd))
			continue;
		if (!read_socket_link(directory, entry->d_name, &owner.inode)) {
			/* The folder opens with CAP_DAC_OVERRIDE alone, its links don't: all of them fail. */
			if (errno != EACCES)
				continue;
			owners->hidden = true;
			return true;
		}
		if (!is_wanted(wanted, owner.inode))
			continue;
		if (!owner.name[0] && !read_process_name(pid, owner.name))
			return true;
		owner.fd = (int)fd;
		if (!append_owner(owners, &owner))
			return false;
	}
	return true;
}

bool find_owners_in(pid_t pid, struct inode_set wanted, struct owner_list *owners)
{
	char path[sizeof("/proc/2147483647/fd")];
	DIR *directory;
	bool added;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	/* EPERM: /proc is mounted with hidepid=1. */
	if (!directory && (errno == EACCES || errno == EPERM)) {
		owners->hidden = true;
		return true;
	}
	if (!directory) {
		if (errno == ENOENT)
			errno = ESRCH;
		return false;
	}
	added = add_descriptors(directory, pid, wanted, owners);
	closedir(directory);
	return added;
}

bool find_owners(struct inode_set wanted, struct owner_list *owners)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	bool found = true;

	if (!directory)
		return false;
	while (found && (entry = readdir(directory))) {
		int64_t pid;

		if (parse_integer(entry->d_name, 1, INT_MAX, &pid))
			found = find_owners_in((pid_t)pid, wanted, owners) || errno == ESRCH;
	}
	closedir(directory);
	return found;
}
