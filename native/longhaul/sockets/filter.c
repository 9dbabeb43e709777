/*
 * The filter compiler. The kernel (net/ipv4/inet_diag.c) runs the code from
 * the front: each operation names the distance in bytes to the next one if it
 * holds ("yes") and if it doesn't ("no"). A socket is taken if the run ends
 * exactly at the end; behind the end (by one word) means no. The kernel walks
 * the "yes" chain to validate the code, so that only "no" may leave it.
 */
#include "sockets/filter.h"

#include <string.h>
#include <sys/socket.h>

enum {
	WORD = sizeof(struct inet_diag_bc_op),
	COMPARE_WORDS = 2,
	JUMP_WORDS = 1,
	RANGE_WORDS = 2 * COMPARE_WORDS + JUMP_WORDS,
	CONDITION_WORDS = 1 + sizeof(struct inet_diag_hostcond) / WORD,
	IPV4_WORDS = 1,
	IPV6_WORDS = 4,
};

struct program {
	struct inet_diag_bc_op *words;
	size_t count;
	size_t end;	/* the count when it is complete */
};

static const struct address_pattern any_ipv4 = { .family = AF_INET };

static size_t address_words(const struct address_pattern *address)
{
	return CONDITION_WORDS + (address->family == AF_INET6 ? IPV6_WORDS : IPV4_WORDS);
}

static size_t program_length(const struct socket_filter *filter)
{
	size_t length = 0;

	if (filter->range_count)
		length += filter->range_count * RANGE_WORDS - JUMP_WORDS;
	if (filter->address)
		length += address_words(filter->address);
	if (filter->address && filter->address->family == AF_INET6)
		length += address_words(&any_ipv4) + JUMP_WORDS;
	return length;
}

/* Appends an operation that is words long; no is the index it goes on at if it doesn't hold. */
static void append(struct program *program, unsigned char code, size_t words, size_t no)
{
	program->words[program->count] = (struct inet_diag_bc_op){
		.code = code,
		.yes = (unsigned char)(words * WORD),
		.no = (unsigned short)((no - program->count) * WORD),
	};
	program->count += words;
}

static size_t rejected(const struct program *program)
{
	return program->end + 1;
}

static void append_comparison(struct program *program, unsigned char code, uint16_t port, size_t no)
{
	append(program, code, COMPARE_WORDS, no);
	program->words[program->count - 1] = (struct inet_diag_bc_op){ .no = port };
}

static void append_ranges(struct program *program, const struct socket_filter *filter)
{
	bool local = filter->side == SIDE_LOCAL;
	size_t ranges_end = filter->range_count * RANGE_WORDS - JUMP_WORDS;

	for (size_t index = 0; index < filter->range_count; index++) {
		bool last = index + 1 == filter->range_count;
		size_t no = last ? rejected(program) : program->count + RANGE_WORDS;
		const struct port_range *range = &filter->ranges[index];

		append_comparison(program, local ? INET_DIAG_BC_S_GE : INET_DIAG_BC_D_GE, range->first, no);
		append_comparison(program, local ? INET_DIAG_BC_S_LE : INET_DIAG_BC_D_LE, range->last, no);
		if (!last)
			append(program, INET_DIAG_BC_JMP, JUMP_WORDS, ranges_end);
	}
}

/* An AF_INET condition also holds for an IPv4-mapped address of an IPv6 socket: the kernel looks into it. */
static void append_address(struct program *program, enum side side, const struct address_pattern *address,
			   size_t no)
{
	size_t words = address_words(address);
	struct inet_diag_hostcond condition;
	struct inet_diag_bc_op *operand = &program->words[program->count + 1];

	/* An initializer would leave what the stack held in the padding, and the kernel is sent it all. */
	memset(&condition, 0, sizeof(condition));
	condition.family = address->family;
	condition.prefix_len = address->prefix_bits;
	condition.port = -1;
	append(program, side == SIDE_LOCAL ? INET_DIAG_BC_S_COND : INET_DIAG_BC_D_COND, words, no);
	memcpy(operand, &condition, sizeof(condition));
	memcpy((unsigned char *)operand + sizeof(condition), address->bytes, (words - CONDITION_WORDS) * WORD);
}

/* What is mapped is IPv4 on the wire, and ::/0 must not hang up IPv4 clients. */
static void append_not_mapped(struct program *program, enum side side)
{
	size_t words = address_words(&any_ipv4);

	append_address(program, side, &any_ipv4, program->count + words + JUMP_WORDS);
	append(program, INET_DIAG_BC_JMP, JUMP_WORDS, rejected(program));
}

size_t filter_bytecode(const struct socket_filter *filter, struct inet_diag_bc_op words[FILTER_MAX_WORDS])
{
	struct program program = { .words = words, .end = program_length(filter) };

	if (filter->range_count)
		append_ranges(&program, filter);
	if (filter->address) {
		append_address(&program, filter->side, filter->address, rejected(&program));
		if (filter->address->family == AF_INET6)
			append_not_mapped(&program, filter->side);
	}
	return program.count;
}
