/* pidfd_getfd(2) and what is done with the copy. Called directly: not every libc has a wrapper. */
#include "processes/borrowed_socket.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "processes/pidfd.h"

/* So many retransmissions or probes without an answer, and a peer is taken for dead; one may get lost. */
enum { UNANSWERED_LIMIT = 2 };

/*
 * How long a peer that doesn't answer is sent the rest and the FIN again (15
 * minutes by default), and how long its FIN is waited for once the application
 * has closed the socket (1 minute).
 */
enum { UNACKNOWLEDGED_MS = 10 * 1000, FIN_WAIT2_SECONDS = 10 };

/* Pids and descriptors are used again, inode numbers of sockets in practice not: the counter has 32 bits. */
static bool is_same_socket(int descriptor, uint32_t inode)
{
	struct stat status;

	return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_ino == inode;
}

static int copy_descriptor(const struct owner_map *map, const struct socket_owner *owner)
{
	int pidfd = pidfd_of(&map->processes[owner->process]);

	return pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, owner->fd, 0);
}

int borrow_socket(const struct owner_map *map, const struct socket_owner *owner)
{
	int copy = copy_descriptor(map, owner);

	if (copy < 0 && errno == EMFILE) {
		close_pidfds(map);
		copy = copy_descriptor(map, owner);
	}
	if (copy < 0 || is_same_socket(copy, owner->inode))
		return copy;
	close(copy);
	errno = EBADF;
	return -1;
}

/*
 * Whether data waits for a peer that answers, and just doesn't read. The
 * kernel asks it again for as long as it answers; TCP_USER_TIMEOUT would end
 * that, without a FIN, since it counts from when the peer's window closed. The
 * time of the last answer tells nothing: up to two minutes pass between probes.
 */
static bool is_awaited(int socket)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);
	int queued_bytes;

	return ioctl(socket, SIOCOUTQ, &queued_bytes) == 0 && queued_bytes > 0 &&
	       getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
	       info.tcpi_retransmits + info.tcpi_probes < UNANSWERED_LIMIT;
}

static void bound_retransmission(int socket)
{
	unsigned int timeout_ms = 0;
	socklen_t size = sizeof(timeout_ms);
	int fin_wait2_seconds = FIN_WAIT2_SECONDS;

	/* The application's own limit stays if it is lower. An MPTCP socket may not have these options: no harm. */
	getsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, &size);
	if ((timeout_ms == 0 || timeout_ms > UNACKNOWLEDGED_MS) && !is_awaited(socket)) {
		timeout_ms = UNACKNOWLEDGED_MS;
		setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms));
	}
	setsockopt(socket, IPPROTO_TCP, TCP_LINGER2, &fin_wait2_seconds, sizeof(fin_wait2_seconds));
}

bool hang_up_socket(int socket, int how)
{
	if (how != SHUT_RD)
		bound_retransmission(socket);
	return shutdown(socket, how) == 0;
}
