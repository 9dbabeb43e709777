/* What /proc tells of a process besides its descriptors. */
#ifndef LONGHAUL_PROCESS_STATE_H
#define LONGHAUL_PROCESS_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether it is the error of a look that /proc refuses. */
bool is_refusal(int error);

/* The first bytes of a file in /proc/PID, at most size; how many, or -1 with errno. */
ssize_t read_proc_file(pid_t pid, const char *name, char *buffer, size_t size);

/*
 * A zombie has no descriptors, yet its folder is root's and closed to others,
 * which must not pass for a hidden process. Like a kernel thread it has no
 * memory, and everybody may read that; with hidepid=1 nobody may, so that it
 * can't be told from others.
 */
bool may_have_memory(pid_t pid);

/*
 * The id of a thread other than the first, 0 if none is seen. Such may go on
 * after the first has ended, as by pthread_exit(3); what /proc/PID then shows
 * is that of a zombie.
 */
pid_t other_thread_of(pid_t pid);

#endif
