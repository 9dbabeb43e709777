/*
 * Each descriptor is copied (pidfd_getfd(2)), and only the copy is looked at:
 * the process may close or reuse its own meanwhile. A socket that several
 * processes hold has SO_KEEPALIVE when it is met again.
 */
#include "node/processes/existing_sockets.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "node/cgroups/members.h"
#include "processes/proc.h"
#include "text/number.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* The option's value, or -1. */
static int option_of(int socket, int level, int option)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(socket, level, option, &value, &size) == 0 ? value : -1;
}

static bool is_tcp(int socket)
{
	int protocol = option_of(socket, SOL_SOCKET, SO_PROTOCOL);

	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP;
}

/* One that is neither gets keepalive from the kernel when it is connected, or listens. */
static bool is_in_use(int socket)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);

	return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state != TCP_CLOSE;
}

static void set_option(int socket, int level, int option, int value)
{
	setsockopt(socket, level, option, &value, sizeof(value));
}

static bool set_on(int socket, const struct keepalive *settings)
{
	if (!is_tcp(socket) || !is_in_use(socket) || option_of(socket, SOL_SOCKET, SO_KEEPALIVE) != 0)
		return false;
	set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, settings->idle_seconds);
	set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, settings->interval_seconds);
	set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, settings->probes);
	if (settings->user_timeout_ms > 0 && option_of(socket, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0)
		set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, settings->user_timeout_ms);
	set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
	return true;
}

/* Whether a descriptor stands for a socket; false with errno, which is 0 if it stands for something else. */
static bool is_socket(DIR *descriptors, const char *name)
{
	char text[64];
	ssize_t length = readlinkat(dirfd(descriptors), name, text, sizeof(text) - 1);
	uint32_t inode;

	if (length < 0)
		return false;
	text[length] = '\0';
	errno = 0;
	return parse_socket_link(text, &inode);
}

static bool is_forbidden(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

/* False with errno where it may not be looked at, or borrowed. */
static bool set_on_descriptor(const struct member *member, DIR *descriptors, const char *name,
			      const struct keepalive *settings, struct existing_sockets *result)
{
	int64_t descriptor;
	int socket;

	if (!parse_integer(name, 0, INT_MAX, &descriptor))
		return true;
	if (!is_socket(descriptors, name))
		return !is_forbidden(errno);
	socket = (int)syscall(SYS_pidfd_getfd, member->pidfd, (int)descriptor, 0);
	if (socket < 0)
		return !is_forbidden(errno);
	result->set += set_on(socket, settings);
	close(socket);
	return true;
}

static bool set_on_process(const struct member *member, const struct keepalive *settings,
			   struct existing_sockets *result)
{
	char path[sizeof("/proc/2147483647/fd")];
	const struct dirent *entry;
	DIR *descriptors;
	bool allowed = true;
	int error;

	snprintf(path, sizeof(path), "/proc/%d/fd", member->pid);
	descriptors = opendir(path);
	if (!descriptors)
		return !is_forbidden(errno);
	while (allowed && (entry = readdir(descriptors)))
		allowed = set_on_descriptor(member, descriptors, entry->d_name, settings, result);
	error = errno;
	closedir(descriptors);
	errno = error;
	return allowed;
}

bool set_on_existing(int cgroup, const struct keepalive *settings, struct existing_sockets *result)
{
	struct member_list list = { 0 };
	bool found = find_members(cgroup, &list);

	*result = (struct existing_sockets){ .hidden = list.hidden };
	for (size_t index = 0; found && index < list.count; index++)
		if (!set_on_process(&list.members[index], settings, result)) {
			result->error = errno;
			result->untouched_processes++;
		}
	free_members(&list);
	return found;
}
