/* filter ADDRESS: prints the filter for an address in hexadecimal, made on a stack that is full of something else. */
#include <stdio.h>
#include <string.h>

#include "../longhaul/sockets/filter.h"

static void dirty_stack(void)
{
	volatile unsigned char bytes[4096];

	for (size_t index = 0; index < sizeof(bytes); index++)
		bytes[index] = 0xaa;
}

int main(int argc, char **argv)
{
	static struct inet_diag_bc_op words[FILTER_MAX_WORDS];
	struct address_pattern address;
	const struct socket_filter filter = { .address = &address };
	size_t count;

	if (argc != 2 || !parse_address_pattern(argv[1], &address))
		return 2;
	dirty_stack();
	count = filter_bytecode(&filter, words);
	for (size_t index = 0; index < count * sizeof(*words); index++)
		printf("%02x", ((unsigned char *)words)[index]);
	putchar('\n');
	return 0;
}
