/*
 * Asks a process of its own to hang up, over and over until it has ended: urge PROGRAM [ARGUMENT]... Prints how often,
 * and exits as the process did; with 128 and the number of the signal that has killed it.
 */
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>

#include "ask.h"

int main(int argc, char **argv)
{
	unsigned int asked = 0;
	int status = 0;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: urge PROGRAM [ARGUMENT]...");
	pid = fork();
	if (pid == 0) {
		execv(argv[1], argv + 1);
		err(1, "%s", argv[1]);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		asked += ask(pid, 1, 0);
		usleep(200);
	}
	printf("%u\n", asked);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
