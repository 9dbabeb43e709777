/* Who we are to the files that we open, and to nothing else. */
#ifndef LONGHAUL_FILE_USER_H
#define LONGHAUL_FILE_USER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Opens files as the user and group of a process from now on, if we may:
 * CAP_SETUID and CAP_SETGID, which containers have by default, unlike
 * CAP_SYS_PTRACE. False with errno, ESRCH if the process isn't there.
 */
bool open_files_as_user_of(pid_t pid);

/* As ourselves again; keeps errno. */
void open_files_as_ourselves(void);

#endif
