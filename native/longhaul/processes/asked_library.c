/*
 * Asks by SIGURG, which does no harm where it is not expected: programs that
 * catch it themselves (Go, PostgreSQL, HAProxy) take it for one of theirs, of
 * which any may come at any time, and the others ignore it.
 */
#include "processes/asked_library.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keepalive/hangup_signal.h"
#include "processes/process_state.h"

/* The file has some 1,500 bytes, and more where a process is in many groups. */
enum { STATUS_SIZE = 16 * 1024 };

static const uint64_t urgent = UINT64_C(1) << (SIGURG - 1);

static const char *value_of(const char *text, const char *name)
{
	const char *found = strstr(text, name);

	return found ? found + strlen(name) : NULL;
}

static bool read_set(const char *text, const char *name, uint64_t *signals)
{
	const char *value = value_of(text, name);

	*signals = value ? strtoull(value, NULL, 16) : 0;
	return value;
}

bool parse_signal_state(const char *text, struct signal_state *state)
{
	const char *filters = value_of(text, "\nSeccomp_filters:\t");

	state->seccomp_filters = filters ? strtoll(filters, NULL, 10) : -1;
	return read_set(text, "\nSigCgt:\t", &state->caught) && read_set(text, "\nSigBlk:\t", &state->blocked) &&
	       read_set(text, "\nShdPnd:\t", &state->pending);
}

static bool read_signal_state(pid_t pid, struct signal_state *state)
{
	static char text[STATUS_SIZE];
	ssize_t length = read_proc_file(pid, "status", text, sizeof(text) - 1);

	if (length < 0)
		return false;
	text[length] = '\0';
	return parse_signal_state(text, state);
}

/*
 * A filter that the program has put on itself, beyond the container's, may end
 * it at a system call that it does not know; what the library makes are four.
 */
static bool has_filter_of_its_own(const struct signal_state *state)
{
	struct signal_state self;

	return read_signal_state(getpid(), &self) && state->seccomp_filters > self.seccomp_filters;
}

static enum obstacle look_at(const struct process *process)
{
	struct signal_state state;

	if (!read_signal_state(process->pid, &state) || !(state.caught & urgent))
		return OBSTACLE_NOT_CAUGHT;
	return has_filter_of_its_own(&state) ? OBSTACLE_OWN_FILTER : OBSTACLE_NONE;
}

enum obstacle obstacle_of(struct process *process)
{
	if (!process->looked_at)
		process->obstacle = look_at(process);
	process->looked_at = true;
	return process->obstacle;
}

enum obstacle ask_library(const struct owner_map *map, const struct socket_owner *owner, int how)
{
	struct process *process = &map->processes[owner->process];
	siginfo_t info;

	if (obstacle_of(process) != OBSTACLE_NONE)
		return process->obstacle;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGURG;
	info.si_code = SI_QUEUE;
	info.si_errno = HANGUP_MARK | how;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = hangup_value(owner->inode, owner->fd);
	if (syscall(SYS_pidfd_send_signal, process->pidfd, SIGURG, &info, 0) < 0)
		process->obstacle = OBSTACLE_DENIED;
	return process->obstacle;
}

bool is_request_pending(const struct process *process)
{
	struct signal_state state;

	return read_signal_state(process->pid, &state) && (state.pending & ~state.blocked & urgent);
}
