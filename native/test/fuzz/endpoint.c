/*
 * An address and ports, one a line, and the filter made of them: the kernel's
 * own check of it (inet_diag_bc_audit) is repeated here.
 */
#include <sys/socket.h>

#include "fuzz.h"
#include "longhaul/sockets/filter.h"

enum { WORD = sizeof(struct inet_diag_bc_op), MAX_RANGES = 8 };

static void check_bytecode(const struct socket_filter *filter)
{
	static struct inet_diag_bc_op words[FILTER_MAX_WORDS];
	static unsigned char starts[FILTER_MAX_WORDS + 2];
	size_t count = filter_bytecode(filter, words);

	must(count <= FILTER_MAX_WORDS);
	memset(starts, 0, sizeof(starts));
	for (size_t index = 0; index < count; index += words[index].yes / WORD) {
		must(words[index].yes >= WORD && index + words[index].yes / WORD <= count);
		starts[index] = 1;
	}
	starts[count] = starts[count + 1] = 1;
	for (size_t index = 0; index < count; index += words[index].yes / WORD) {
		must(words[index].no >= WORD && index + words[index].no / WORD <= count + 1);
		must(starts[index + words[index].no / WORD]);
	}
}

static void check_address(const struct address_pattern *address)
{
	must(address->family == AF_INET || address->family == AF_INET6);
	must(address->prefix_bits <= (address->family == AF_INET ? 32 : 128));
	must(address->family == AF_INET || address->prefix_bits < 96 || !is_ipv4_mapped(address->bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	char *rest = text;
	const char *first = strsep(&rest, "\n");
	struct port_range ranges[MAX_RANGES];
	struct address_pattern address;
	struct socket_filter filter = { .side = size & 1 ? SIDE_LOCAL : SIDE_REMOTE, .ranges = ranges };

	if (parse_address_pattern(first, &address)) {
		check_address(&address);
		filter.address = &address;
	}
	while (rest && filter.range_count < MAX_RANGES)
		if (parse_port_range(strsep(&rest, "\n"), &ranges[filter.range_count])) {
			must(ranges[filter.range_count].first <= ranges[filter.range_count].last);
			filter.range_count++;
		}
	check_bytecode(&filter);
	free(text);
	return 0;
}
