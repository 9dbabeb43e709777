/*
 * TCP_USER_TIMEOUT takes the place of the count of probes: beside a program's
 * own longer timers it would end a connection at the first probe that is lost.
 * So with user_timeout=auto it is taken back where a program sets one of them,
 * and the program's count holds. It runs at each setsockopt(2); bpf_setsockopt
 * is there since Linux 5.15.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>

#include "node/bpf/programs.h"

/* Of a longer value than a page Linux shows programs only a part, and before 6.5 refuses it (EFAULT) where they don't say 0. */
enum { LONGEST_SEEN = 4096 };

/* Lets a long value through as it came. */
static void emit_pass_long_value(struct assembly *program)
{
	struct jumps seen = { 0 };

	emit_load_word(program, SCRATCH, offsetof(struct bpf_sockopt, optlen));
	emit_jump_if(program, BPF_JLE, SCRATCH, LONGEST_SEEN, &seen);
	emit_store_word(program, offsetof(struct bpf_sockopt, optlen), 0);
	land(program, &seen);
}

/* Jumps where it is not one of the three timers that is set. */
static void emit_jump_unless_timer(struct assembly *program, struct jumps *others)
{
	struct jumps timer = { 0 };

	emit_load_word(program, SCRATCH, offsetof(struct bpf_sockopt, level));
	emit_jump_if(program, BPF_JNE, SCRATCH, IPPROTO_TCP, others);
	emit_load_word(program, SCRATCH, offsetof(struct bpf_sockopt, optname));
	emit_jump_if(program, BPF_JEQ, SCRATCH, TCP_KEEPIDLE, &timer);
	emit_jump_if(program, BPF_JEQ, SCRATCH, TCP_KEEPINTVL, &timer);
	emit_jump_if(program, BPF_JNE, SCRATCH, TCP_KEEPCNT, others);
	land(program, &timer);
}

static bool assemble(struct assembly *program, const struct keepalive *settings)
{
	struct jumps end = { 0 };

	if (!settings->follows_program || settings->user_timeout_ms == 0)
		return false;
	emit_copy(program, CONTEXT, BPF_REG_1);
	emit_load_pointer(program, SOCKET, offsetof(struct bpf_sockopt, sk));
	emit_pass_long_value(program);
	emit_jump_unless_timer(program, &end);
	emit_jump_unless_option(program, IPPROTO_TCP, TCP_USER_TIMEOUT, settings->user_timeout_ms, &end);
	emit_set_option(program, IPPROTO_TCP, TCP_USER_TIMEOUT, 0);
	land(program, &end);
	emit_return(program, 1);
	return true;
}

const struct cgroup_program user_timeout_program = {
	.name = "longhaul_follow",
	.type = BPF_PROG_TYPE_CGROUP_SOCKOPT,
	.place = BPF_CGROUP_SETSOCKOPT,
	.assemble = assemble,
};
