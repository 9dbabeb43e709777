/* One request, and its reply to the end. */
#include "sockets/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

/* The kernel fills at most 32 KiB of a dump at a time, as much as it has seen the reader take. */
enum { REPLY_BYTES = 32 * 1024 };

int netlink_open(int protocol)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
}

uint32_t next_sequence(void)
{
	static uint32_t sequence;

	return ++sequence;
}

static bool send_parts(int netlink, struct iovec *parts, size_t part_count)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr message = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = parts,
	};

	/* The member is an int in musl, a size_t in glibc. */
	message.msg_iovlen = (__typeof__(message.msg_iovlen))part_count;
	return sendmsg(netlink, &message, 0) >= 0;
}

/* The bytes of the next datagram from the kernel; -1 with errno. */
static ssize_t receive(int netlink, void *buffer, size_t size)
{
	struct sockaddr_nl sender;
	struct iovec part = { buffer, size };
	struct msghdr message;
	ssize_t length;

	do {
		message = (struct msghdr){
			.msg_name = &sender,
			.msg_namelen = sizeof(sender),
			.msg_iov = &part,
			.msg_iovlen = 1,
		};
		length = recvmsg(netlink, &message, 0);
		if (length < 0 && errno != EINTR)
			return -1;
	} while (length < 0 || message.msg_namelen != sizeof(sender) || sender.nl_pid != 0);
	if (message.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return -1;
	}
	return length;
}

bool netlink_ask(int netlink, struct iovec *parts, size_t part_count, uint32_t sequence, message_reader *read,
		 void *context)
{
	static unsigned char buffer[REPLY_BYTES];
	enum reply_progress progress = REPLY_MORE;

	if (!send_parts(netlink, parts, part_count))
		return false;
	while (progress == REPLY_MORE) {
		ssize_t length = receive(netlink, buffer, sizeof(buffer));

		if (length < 0)
			return false;
		progress = read_messages((struct slice){ buffer, (size_t)length }, sequence, read, context);
	}
	return progress == REPLY_DONE;
}
