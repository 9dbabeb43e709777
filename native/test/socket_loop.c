/*
 * Measures for the bench, in nanoseconds of CPU a round: "sockets", socket() and
 * close(); "options", the same with the five setsockopt calls that
 * libkeepalive.so makes when it is preloaded; "other", four setsockopt calls
 * that the library passes on; "timers", one of TCP_KEEPIDLE, TCP_KEEPINTVL and
 * TCP_KEEPCNT each.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void open_and_close(int with_options)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (with_options)
		set_options(fd);
	close(fd);
}

static void set_other_options(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
}

/* No two rounds in a row set the same. */
static void set_timers(int fd, long round)
{
	int odd = (int)(round & 1);

	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 300 + odd);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 75 + odd);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 8 + odd);
}

/* The time of this process alone: others on the machine don't count. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	const char *what = argc > 2 ? argv[1] : "";
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	double start = now_ns();

	for (long round = 0; round < rounds; round++)
		if (!strcmp(what, "timers"))
			set_timers(fd, round);
		else if (!strcmp(what, "other"))
			set_other_options(fd);
		else
			open_and_close(!strcmp(what, "options"));
	printf("%.1f\n", (now_ns() - start) / (double)rounds);
	return 0;
}
