/* What the kernel answers: whatever the bytes are, only whole sockets come out, and errors have a number. */
#include <errno.h>

#include "fuzz.h"
#include "longhaul/sockets/sock_diag.h"

static const uint32_t sequence = 1;

static void check_socket(const struct tcp_socket *socket, void *context)
{
	size_t *count = context;

	must(socket->has_info || (!socket->sent_ms_ago && !socket->received_ms_ago));
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buffer = input_text(data, size);
	size_t count = 0;
	struct socket_reader reader = { check_socket, &count };
	struct slice reply = { (const unsigned char *)buffer, size };

	errno = 0;
	if (read_messages(reply, sequence, read_socket, &reader) == REPLY_FAILED)
		must(errno > 0);
	must(count <= size / sizeof(struct inet_diag_msg));
	free(buffer);
	return 0;
}
