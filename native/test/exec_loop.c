/* Execs itself as often as it is told to, a millisecond apart: exec_loop TIMES [PROGRAM], in turn with another program. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 0;
	const char *next = argc > 2 ? argv[2] : argv[0];
	char left[16];

	usleep(1000);
	if (times <= 0)
		return 0;
	snprintf(left, sizeof(left), "%d", times - 1);
	execl(next, next, left, argv[0], (char *)NULL);
	err(1, "%s", next);
}
