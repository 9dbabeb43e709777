/*
 * Measures socket() and close() for the bench, in nanoseconds a round. With
 * "options" the loop makes the five setsockopt calls that libkeepalive.so
 * makes when it is preloaded.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_options(int fd)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 90000);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int with_options = argc > 2;
	double start = now_ns();

	for (long round = 0; round < rounds; round++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (with_options)
			set_options(fd);
		close(fd);
	}
	printf("%.1f\n", (now_ns() - start) / (double)rounds);
	return 0;
}
