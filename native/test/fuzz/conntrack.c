/* What the kernel answers about tracked connections: whatever the bytes are, only whole TCP flows come out. */
#include <errno.h>
#include <netinet/in.h>

#include "fuzz.h"
#include "node/conntrack/conntrack.h"

static const uint32_t sequence = 1;

/* Two flows, of two addresses and two ports, each an attribute with a header of its own. */
enum { SMALLEST = 2 * (2 * (4 + 4) + 2 * (4 + 2)) };

static void check_flow(uint8_t family, const struct tracked_flow *flow)
{
	must(family == AF_INET6 || is_ipv4_mapped(flow->source.bytes));
	must(family == AF_INET6 || is_ipv4_mapped(flow->destination.bytes));
}

static void check_connection(const struct tracked_connection *connection, void *context)
{
	size_t *count = context;

	must(connection->family == AF_INET || connection->family == AF_INET6);
	check_flow(connection->family, &connection->original);
	check_flow(connection->family, &connection->reply);
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buffer = input_text(data, size);
	size_t count = 0;
	struct tracked_reader reader = { check_connection, &count };
	struct slice reply = { (const unsigned char *)buffer, size };

	errno = 0;
	if (read_messages(reply, sequence, read_tracked, &reader) == REPLY_FAILED)
		must(errno > 0);
	must(count <= size / SMALLEST);
	free(buffer);
	return 0;
}
