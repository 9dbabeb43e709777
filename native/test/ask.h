/* Asks the library in a process to hang up, as `longhaul hangup` does. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../keepalive/hangup_signal.h"

/* False with errno. */
static inline bool ask(pid_t pid, uint32_t inode, int fd)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGURG;
	info.si_code = SI_QUEUE;
	info.si_errno = HANGUP_MARK | SHUT_RDWR;
	info.si_value = hangup_value(inode, fd);
	return syscall(SYS_rt_sigqueueinfo, pid, SIGURG, &info) == 0;
}

#endif
