/*
 * It runs when a connection is begun, when one was accepted and when a socket
 * listens: accepted sockets inherit what their listener has. A socket that has
 * SO_KEEPALIVE by then is the program's own affair, and so is a
 * TCP_USER_TIMEOUT; what is set later wins by itself. Where SO_KEEPALIVE can't
 * be read, before Linux 6.1, nothing is touched.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "node/bpf/programs.h"

/* Jumps where the program is not run for what can lead to a connection. */
static void emit_jump_unless_opening(struct assembly *program, struct jumps *others)
{
	struct jumps opening = { 0 };

	emit_load_word(program, SCRATCH, offsetof(struct bpf_sock_ops, op));
	emit_jump_if(program, BPF_JEQ, SCRATCH, BPF_SOCK_OPS_TCP_CONNECT_CB, &opening);
	emit_jump_if(program, BPF_JEQ, SCRATCH, BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB, &opening);
	emit_jump_if(program, BPF_JNE, SCRATCH, BPF_SOCK_OPS_TCP_LISTEN_CB, others);
	land(program, &opening);
}

static void emit_user_timeout(struct assembly *program, int32_t timeout_ms)
{
	struct jumps own = { 0 };

	emit_jump_unless_option(program, IPPROTO_TCP, TCP_USER_TIMEOUT, 0, &own);
	emit_set_option(program, IPPROTO_TCP, TCP_USER_TIMEOUT, timeout_ms);
	land(program, &own);
}

/* The timers come first: SO_KEEPALIVE starts the clock by them. */
static bool assemble(struct assembly *program, const struct keepalive *settings)
{
	struct jumps end = { 0 };

	emit_copy(program, CONTEXT, BPF_REG_1);
	emit_copy(program, SOCKET, BPF_REG_1);
	emit_jump_unless_opening(program, &end);
	emit_jump_unless_option(program, SOL_SOCKET, SO_KEEPALIVE, 0, &end);
	emit_set_option(program, IPPROTO_TCP, TCP_KEEPIDLE, settings->idle_seconds);
	emit_set_option(program, IPPROTO_TCP, TCP_KEEPINTVL, settings->interval_seconds);
	emit_set_option(program, IPPROTO_TCP, TCP_KEEPCNT, settings->probes);
	if (settings->user_timeout_ms > 0)
		emit_user_timeout(program, settings->user_timeout_ms);
	emit_set_option(program, SOL_SOCKET, SO_KEEPALIVE, 1);
	land(program, &end);
	/* The reply to the kernel, which other programs may have set, stays as it is. */
	emit_return(program, 1);
	return true;
}

const struct cgroup_program keepalive_program = {
	.name = "longhaul_keep",
	.type = BPF_PROG_TYPE_SOCK_OPS,
	.place = BPF_CGROUP_SOCK_OPS,
	.assemble = assemble,
};
