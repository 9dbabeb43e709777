/*
 * With hidepid=1 a process of another user is listed and can't be opened;
 * with hidepid=2 or 4 it is as if it weren't there, which only the options
 * of the mount tell.
 */
#include "processes/hidden_processes.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOUNT_POINT_FIELD = 4 };

static const char *skip_fields(const char *line, size_t count)
{
	while (count--) {
		line += strcspn(line, " ");
		line += *line == ' ';
	}
	return line;
}

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool parse_proc_mount(const char *line, bool *leaves_out)
{
	static const char separator[] = " - proc ";
	const char *option = strstr(line, separator);

	if (!option || !starts_with(skip_fields(line, MOUNT_POINT_FIELD), "/proc "))
		return false;
	option = strstr(option, "hidepid=");
	option = option ? option + strlen("hidepid=") : "";
	*leaves_out = *option == '2' || *option == '4' || starts_with(option, "invisible") ||
		      starts_with(option, "ptraceable");
	return true;
}

/* The last mount on /proc is the one that is seen. */
static bool proc_leaves_out(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool leaves_out = false;

	while (file && getline(&line, &size, file) > 0)
		parse_proc_mount(line, &leaves_out);
	free(line);
	if (file)
		fclose(file);
	return leaves_out;
}

bool may_trace_all(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 && data[0].effective & 1U << CAP_SYS_PTRACE;
}

bool processes_may_be_missing(void)
{
	return !may_trace_all() && proc_leaves_out();
}

bool is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* kill(2) takes the id of any thread, tgkill(2) wants it to be of that process. */
bool is_thread(pid_t id)
{
	return is_alive(id) && syscall(SYS_tgkill, id, id, 0) < 0 && errno == ESRCH;
}
