/* The kernel gives EPERM in all cases. */
#include "processes/borrowing_rights.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "processes/hidden_processes.h"

/* kernel.yama.ptrace_scope, see admin-guide/LSM/Yama.rst: above 0 only a parent may, or who has CAP_SYS_PTRACE. */
static bool is_yama_strict(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	bool strict = file && fgetc(file) > '0';

	if (file)
		fclose(file);
	return strict;
}

const char *what_forbids_borrowing(void)
{
	/* SECCOMP_MODE_FILTER is 2: such as containerd's default profile, which lets CAP_SYS_PTRACE pass. */
	if (prctl(PR_GET_SECCOMP) == 2)
		return "the container's seccomp profile";
	if (is_yama_strict() && !may_trace_all())
		return "Yama (kernel.yama.ptrace_scope)";
	return "the kernel, without CAP_SYS_PTRACE or for a process that is not dumpable,";
}
