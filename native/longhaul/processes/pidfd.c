/* Called directly: not every libc has a wrapper. */
#include "processes/pidfd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PIDFD_THREAD of <linux/pidfd.h>, since Linux 6.9: of any thread, and not the first. */
enum { OF_ANY_THREAD = O_EXCL };

int pidfd_of(struct process *process)
{
	int flags = process->thread == process->pid ? 0 : OF_ANY_THREAD;

	if (process->pidfd < 0)
		process->pidfd = (int)syscall(SYS_pidfd_open, process->thread, flags);
	return process->pidfd;
}
