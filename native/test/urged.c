/*
 * Is asked by its child, over and over, to shut down sockets that it does not
 * have, and must not notice: a system call that waits goes on waiting, errno
 * stays, the handler runs on the stack that the program has set aside.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ask.h"

enum { REQUESTS = 3000, OWN_ERRNO = 1234 };

int main(void)
{
	stack_t stack = { .ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ };
	struct sigaction action;
	int pair[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || sigaltstack(&stack, NULL) < 0)
		err(1, "setup");
	if (sigaction(SIGURG, NULL, &action) < 0 || action.sa_handler == SIG_DFL)
		errx(1, "nothing catches SIGURG");
	if (fork() == 0) {
		for (int request = 0; request < REQUESTS; request++)
			ask(getppid(), 1, request % 2 ? pair[0] : -1);
		return write(pair[1], "x", 1) == 1 ? 0 : 1;
	}
	errno = OWN_ERRNO;
	if (recv(pair[0], &byte, 1, 0) != 1)
		err(1, "recv");
	if (errno != OWN_ERRNO)
		err(1, "errno");
	return 0;
}
