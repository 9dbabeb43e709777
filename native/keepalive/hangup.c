/*
 * Shuts a socket of this process down where `longhaul hangup` asks for it. Most
 * containers forbid it to do so itself, by pidfd_getfd(2): containerd's default
 * seccomp profile, and Yama.
 *
 * A handler for SIGURG is installed where the program starts with none; what it
 * installs later takes its place. LONGHAUL_HANGUP=off keeps it away.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "environment.h"
#include "hangup_signal.h"
#include "system_call.h"

/* As rt_sigaction(2) takes it, which knows no libc's struct sigaction. */
struct kernel_action {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* The kernel's struct stat, of which x86-64 and arm64 have the start in common; it has 144 and 128 bytes. */
struct kernel_stat {
	uint64_t device;
	uint64_t inode;
	uint64_t rest[16];
};

#ifdef __x86_64__
/* The kernel has no way back from a handler of its own here. These very bytes are what debuggers know one by. */
void return_from_signal(void) __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
	".type return_from_signal, @function\n"
	"return_from_signal:\n"
	"	movq $15, %rax\n"
	"	syscall\n"
	".size return_from_signal, . - return_from_signal\n"
	".popsection");
enum { RESTORER_FLAG = 0x04000000 };
#else
enum { RESTORER_FLAG = 0 };
#define return_from_signal NULL
#endif

/* Of a copy: while this one is looked at, another thread may close the descriptor and open another socket. */
static void shut_down(int fd, uint32_t inode, int how)
{
	long copy = system_call(CALL_FCNTL, fd, F_DUPFD_CLOEXEC, 0, 0, 0);
	struct kernel_stat status;

	if (copy < 0)
		return;
	if (system_call(CALL_FSTAT, copy, (long)&status, 0, 0, 0) == 0 && status.inode == inode)
		system_call(CALL_SHUTDOWN, copy, how, 0, 0, 0);
	system_call(CALL_CLOSE, copy, 0, 0, 0, 0);
}

/* Touches neither errno nor anything of the program: it may interrupt whatever that does. */
static void hang_up(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	if (info->si_code == SI_QUEUE && (info->si_errno & HANGUP_MARK_MASK) == HANGUP_MARK)
		shut_down(hangup_fd(info->si_value), hangup_inode(info->si_value), info->si_errno & ~HANGUP_MARK_MASK);
}

static bool is_off(void)
{
	const char *value = environment_value(trusted_environment(), "LONGHAUL_HANGUP");

	return value && value[0] == 'o' && value[1] == 'f' && value[2] == 'f' && value[3] == '\0';
}

__attribute__((constructor)) static void catch_hangups(void)
{
	const struct kernel_action action = {
		.handler = hang_up,
		.flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | RESTORER_FLAG,
		.restorer = return_from_signal,
	};
	struct kernel_action now;

	/* Whoever started a set-uid program may send it signals. */
	if (has_foreign_rights() || is_off() || system_call(CALL_SIGACTION, SIGURG, 0, (long)&now, sizeof(now.mask), 0) < 0)
		return;
	/* SIG_DFL is 0. */
	if (!now.handler)
		system_call(CALL_SIGACTION, SIGURG, (long)&action, 0, sizeof(action.mask), 0);
}
