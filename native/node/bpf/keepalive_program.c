/*
 * The instructions, put together here: a pod's numbers stand in them, so that
 * there is no map to keep, and no compiler is needed where it runs.
 *
 * It runs when a connection is begun, when one was accepted and when a socket
 * listens: accepted sockets inherit what their listener has. A socket that has
 * SO_KEEPALIVE by then is the program's own affair, and so is a
 * TCP_USER_TIMEOUT; what is set later wins by itself. Where SO_KEEPALIVE can't
 * be read, before Linux 6.1, nothing is touched.
 */
#include "node/bpf/keepalive_program.h"

#include <linux/bpf.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "node/bpf/bpf.h"

const char keepalive_program_name[] = "longhaul_keep";

/* Registers: where helpers find their arguments, and what outlives their calls. */
enum { RESULT = BPF_REG_0, CONTEXT = BPF_REG_6, SCRATCH = BPF_REG_2, STACK = BPF_REG_10 };

/* The option's value, on the stack. */
enum { VALUE_OFFSET = -4, VALUE_SIZE = 4 };

enum { MOST_INSTRUCTIONS = 96 };

struct program {
	struct bpf_insn instructions[MOST_INSTRUCTIONS];
	size_t count;
};

/* Where jumps are to lead that were emitted before the place was known. */
struct jumps {
	size_t from[8];
	size_t count;
};

static void emit(struct program *program, uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t immediate)
{
	program->instructions[program->count++] = (struct bpf_insn){
		.code = code, .dst_reg = to & 0xfU, .src_reg = from & 0xfU, .off = offset, .imm = immediate,
	};
}

static void emit_move(struct program *program, uint8_t to, int32_t value)
{
	emit(program, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

static void emit_copy(struct program *program, uint8_t to, uint8_t from)
{
	emit(program, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

static void emit_store(struct program *program, int32_t value)
{
	emit(program, BPF_ST | BPF_MEM | BPF_W, STACK, 0, VALUE_OFFSET, value);
}

/* A jump that land() completes. */
static void emit_jump_if(struct program *program, uint8_t condition, uint8_t register_number, int32_t value,
			 struct jumps *jumps)
{
	jumps->from[jumps->count++] = program->count;
	emit(program, BPF_JMP | condition | BPF_K, register_number, 0, 0, value);
}

/* Has jumps lead to what is emitted next. */
static void land(struct program *program, const struct jumps *jumps)
{
	for (size_t index = 0; index < jumps->count; index++) {
		size_t from = jumps->from[index];

		program->instructions[from].off = (int16_t)(program->count - from - 1);
	}
}

/* Reads an option into the value, or sets it to the value. */
static void emit_option_call(struct program *program, enum bpf_func_id helper, int level, int option)
{
	emit_copy(program, BPF_REG_1, CONTEXT);
	emit_move(program, BPF_REG_2, level);
	emit_move(program, BPF_REG_3, option);
	emit_copy(program, BPF_REG_4, STACK);
	emit(program, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_4, 0, 0, VALUE_OFFSET);
	emit_move(program, BPF_REG_5, VALUE_SIZE);
	emit(program, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

static void emit_set(struct program *program, int level, int option, int32_t value)
{
	emit_store(program, value);
	emit_option_call(program, BPF_FUNC_setsockopt, level, option);
}

/* Jumps where the option is not 0, or can't be read. */
static void emit_jump_unless_zero(struct program *program, int level, int option, struct jumps *jumps)
{
	emit_store(program, 0);
	emit_option_call(program, BPF_FUNC_getsockopt, level, option);
	emit_jump_if(program, BPF_JNE, RESULT, 0, jumps);
	emit(program, BPF_LDX | BPF_MEM | BPF_W, SCRATCH, STACK, VALUE_OFFSET, 0);
	emit_jump_if(program, BPF_JNE, SCRATCH, 0, jumps);
}

/* Jumps where the program is not run for what can lead to a connection. */
static void emit_jump_unless_opening(struct program *program, struct jumps *others)
{
	struct jumps opening = { 0 };

	emit(program, BPF_LDX | BPF_MEM | BPF_W, SCRATCH, CONTEXT, offsetof(struct bpf_sock_ops, op), 0);
	emit_jump_if(program, BPF_JEQ, SCRATCH, BPF_SOCK_OPS_TCP_CONNECT_CB, &opening);
	emit_jump_if(program, BPF_JEQ, SCRATCH, BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB, &opening);
	emit_jump_if(program, BPF_JNE, SCRATCH, BPF_SOCK_OPS_TCP_LISTEN_CB, others);
	land(program, &opening);
}

static void emit_user_timeout(struct program *program, int32_t timeout_ms)
{
	struct jumps own = { 0 };

	emit_jump_unless_zero(program, IPPROTO_TCP, TCP_USER_TIMEOUT, &own);
	emit_set(program, IPPROTO_TCP, TCP_USER_TIMEOUT, timeout_ms);
	land(program, &own);
}

/* The timers come first: SO_KEEPALIVE starts the clock by them. */
static void build(struct program *program, const struct keepalive *settings)
{
	struct jumps end = { 0 };

	emit_copy(program, CONTEXT, BPF_REG_1);
	emit_jump_unless_opening(program, &end);
	emit_jump_unless_zero(program, SOL_SOCKET, SO_KEEPALIVE, &end);
	emit_set(program, IPPROTO_TCP, TCP_KEEPIDLE, settings->idle_seconds);
	emit_set(program, IPPROTO_TCP, TCP_KEEPINTVL, settings->interval_seconds);
	emit_set(program, IPPROTO_TCP, TCP_KEEPCNT, settings->probes);
	if (settings->user_timeout_ms > 0)
		emit_user_timeout(program, settings->user_timeout_ms);
	emit_set(program, SOL_SOCKET, SO_KEEPALIVE, 1);
	land(program, &end);
	/* 1: the reply to the kernel, which other programs may have set, stays as it is. */
	emit_move(program, RESULT, 1);
	emit(program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

int load_keepalive_program(const struct keepalive *settings, char *log, size_t log_size)
{
	struct program program = { 0 };

	build(&program, settings);
	return load_sock_ops(keepalive_program_name, program.instructions, program.count, log, log_size);
}
