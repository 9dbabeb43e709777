/* Processes that /proc leaves out altogether. */
#ifndef LONGHAUL_HIDDEN_PROCESSES_H
#define LONGHAUL_HIDDEN_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether we have CAP_SYS_PTRACE. */
bool may_trace_all(void);

/* Whether processes may be missing from the list of /proc: it is mounted so, and we lack CAP_SYS_PTRACE. */
bool processes_may_be_missing(void);

/* Whether a process that /proc doesn't show is there all the same. */
bool is_alive(pid_t pid);

/*
 * Whether an id is that of a thread other than its process's first. /proc shows
 * such a one's folder, though it doesn't list it, but it can't be acted on.
 */
bool is_thread(pid_t id);

/*
 * Reads a line of /proc/self/mountinfo; false if it isn't about /proc.
 * *leaves_out: processes of others are not even listed (hidepid=2 and 4,
 * "invisible" and "ptraceable" since Linux 5.8).
 */
bool parse_proc_mount(const char *line, bool *leaves_out);

#endif
