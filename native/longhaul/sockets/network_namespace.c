/* setns(2), by process or by path. */
#include "sockets/network_namespace.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "text/number.h"

bool enter_network_namespace(const char *name, const char *applet)
{
	char path[sizeof("/proc/2147483647/ns/net")];
	int64_t pid;
	int file;
	bool entered;

	if (parse_integer(name, 1, INT_MAX, &pid)) {
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		name = path;
	}
	file = open(name, O_RDONLY | O_CLOEXEC);
	entered = file >= 0 && setns(file, CLONE_NEWNET) == 0;
	if (!entered)
		warn("%s: --netns: %s%s", applet, name, errno == EPERM ? ": needs CAP_SYS_ADMIN" :
						    errno == EACCES ? ": needs CAP_SYS_PTRACE" : "");
	if (file >= 0)
		close(file);
	return entered;
}
