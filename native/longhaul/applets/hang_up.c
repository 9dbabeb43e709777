/*
 * A copy of the descriptor is shut down where it may be borrowed. Elsewhere the library in the process is asked to do
 * it, and whether it did is looked for in the kernel's list.
 */
#include "applets/hang_up.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "processes/asked_library.h"
#include "processes/borrowed_socket.h"
#include "text/clock.h"

/*
 * How long the library is given to hang up, once its process runs, and how long in all; and how often that is looked
 * for: a process that waits answers in 20 µs.
 */
enum {
	ANSWER_MS = 500,
	LONGEST_ANSWER_MS = 5000,
	FIRST_PAUSE_NS = 20 * 1000,
	LONGEST_PAUSE_NS = 10 * 1000 * 1000,
};

static enum outcome outcome_of_error(int error)
{
	switch (error) {
	case ENOENT:	/* of SOCK_DESTROY; of pidfd_open(2), where the id is a thread's by now */
	case ENOTCONN:
	case ESRCH:
	case EBADF:
		return OUTCOME_GONE;
	case EPERM:
	case EACCES:
		return OUTCOME_DENIED;
	default:
		return OUTCOME_FAILED;
	}
}

struct result result_of_error(void)
{
	return (struct result){ .outcome = outcome_of_error(errno), .error = errno };
}

void count_result(struct outcome_counts *counts, const struct result *result)
{
	counts->of[result->outcome]++;
	if (result->outcome == OUTCOME_NOT_REACHED)
		counts->behind[result->obstacle]++;
	if (result->outcome == OUTCOME_FAILED)
		counts->error = result->error;
}

static struct result hang_up_and_close(int socket, int how)
{
	struct result result = { .outcome = OUTCOME_HUNG_UP };

	if (!hang_up_socket(socket, how))
		result = result_of_error();
	close(socket);
	return result;
}

static bool is_hung_up(int netlink, const struct tcp_socket *socket, int how)
{
	struct tcp_socket now;

	return !sock_diag_look(netlink, socket, &now) || now.state != TCP_ESTABLISHED ||
	       (how == SHUT_RD && now.shut_for_reading);
}

/* Whether that comes to pass within a while, once the library in the process was asked for it. */
static bool is_soon_hung_up(int netlink, const struct tcp_socket *socket, int how, const struct process *process)
{
	int64_t last_ms = monotonic_ms() + LONGEST_ANSWER_MS, end_ms = monotonic_ms() + ANSWER_MS;
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };

	while (!is_hung_up(netlink, socket, how)) {
		int64_t now_ms = monotonic_ms();

		if (now_ms >= end_ms && (now_ms >= last_ms || !is_request_pending(process)))
			return false;
		if (now_ms >= end_ms)
			end_ms = now_ms + ANSWER_MS;
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LONGEST_PAUSE_NS)
			pause.tv_nsec *= 2;
	}
	return true;
}

/* Where one was asked in vain, no other of its process is waited for. */
static struct result hang_up_by_library(int netlink, const struct connection *connection,
					const struct owner_map *owners, const struct socket_owner *owner, int how)
{
	struct process *process = &owners->processes[owner->process];
	enum obstacle obstacle = ask_library(owners, owner, how);

	if (obstacle == OBSTACLE_NONE && !is_soon_hung_up(netlink, &connection->socket, how, process))
		obstacle = process->obstacle = OBSTACLE_NO_EFFECT;
	if (obstacle == OBSTACLE_NONE)
		return (struct result){ .outcome = OUTCOME_HUNG_UP };
	return (struct result){ .outcome = OUTCOME_NOT_REACHED, .obstacle = obstacle };
}

/* Whether a socket that could not be borrowed may be hung up by the library: the process is there, and can be held. */
static bool is_to_ask(int error, const struct process *process)
{
	return process->pidfd >= 0 && (error == EPERM || error == EACCES || error == ENOSYS);
}

struct result hang_up(int netlink, const struct connection *connection, const struct owner_map *owners, int how)
{
	struct result result = { .outcome = OUTCOME_GONE };

	for (const struct socket_owner *owner = connection->owner; owner; owner = next_owner(owners, owner)) {
		struct result tried;
		int socket = borrow_socket(owners, owner);

		if (socket >= 0)
			return hang_up_and_close(socket, how);
		tried = is_to_ask(errno, &owners->processes[owner->process]) ?
				hang_up_by_library(netlink, connection, owners, owner, how) :
				result_of_error();
		if (tried.outcome == OUTCOME_HUNG_UP)
			return tried;
		if (result.outcome == OUTCOME_GONE)
			result = tried;
	}
	return result;
}

static struct result probe_owner(const struct owner_map *owners, const struct socket_owner *owner)
{
	struct process *process = &owners->processes[owner->process];
	int socket = borrow_socket(owners, owner);
	enum obstacle obstacle = OBSTACLE_NONE;

	if (socket >= 0)
		close(socket);
	else if (is_to_ask(errno, process))
		obstacle = obstacle_of(process);
	else
		return result_of_error();
	if (obstacle == OBSTACLE_NONE)
		return (struct result){ .outcome = OUTCOME_DRY_RUN };
	return (struct result){ .outcome = OUTCOME_NOT_REACHED, .obstacle = obstacle };
}

struct result probe_hang_up(const struct connection *connection, const struct owner_map *owners)
{
	struct result result = { .outcome = OUTCOME_GONE };

	for (const struct socket_owner *owner = connection->owner; owner; owner = next_owner(owners, owner)) {
		struct result probed = probe_owner(owners, owner);

		if (probed.outcome == OUTCOME_DRY_RUN)
			return probed;
		if (result.outcome == OUTCOME_GONE)
			result = probed;
	}
	return result;
}
