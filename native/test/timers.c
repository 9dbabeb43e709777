/*
 * timers KIND STEP...: opens a socket and sets options of it, one for each
 * STEP of the form NAME=VALUE; prints for each, as one JSON object a line, what
 * setsockopt() returned, errno after it, and TCP_USER_TIMEOUT. KIND "signal" is
 * a TCP socket whose options are set in a signal handler, "accepted" one that
 * a listener accepted; "closed" is no socket at all.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

enum { STRANGE_ERRNO = 4242 };

static const struct {
	const char *name;
	int level, option;
} options[] = {
	{ "idle", IPPROTO_TCP, TCP_KEEPIDLE },
	{ "interval", IPPROTO_TCP, TCP_KEEPINTVL },
	{ "probes", IPPROTO_TCP, TCP_KEEPCNT },
	{ "user-timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
	{ "reuse", SOL_SOCKET, SO_REUSEADDR },
	/* Of another level, with the number of TCP_KEEPINTVL. */
	{ "dontroute", SOL_SOCKET, SO_DONTROUTE },
};

static int fd;
static char *step;

/* Without a value, the buffer is a pointer that the kernel refuses. */
static int take_step(void)
{
	size_t length = strcspn(step, "=");
	int value = step[length] ? atoi(step + length + 1) : 0;

	for (size_t index = 0; index < sizeof(options) / sizeof(options[0]); index++)
		if (strlen(options[index].name) == length && !strncmp(options[index].name, step, length))
			return setsockopt(fd, options[index].level, options[index].option,
					  step[length] ? &value : (int *)1, sizeof(value));
	errx(2, "%s: no such option", step);
}

static void print_step(int signal_number)
{
	int result, error;

	(void)signal_number;
	errno = STRANGE_ERRNO;
	result = take_step();
	error = errno == STRANGE_ERRNO ? 0 : errno;
	printf("{\"step\":\"%s\",\"result\":%d,\"errno\":%d,\"userTimeout\":%d}\n", step, result, error,
	       option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	fflush(stdout);
}

static int accepted_socket(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &size) ||
	    connect(client, (struct sockaddr *)&address, size))
		err(2, "loopback");
	return accept(listener, NULL, NULL);
}

static int open_kind(const char *kind)
{
	if (!strcmp(kind, "closed"))
		return -1;
	if (!strcmp(kind, "accepted"))
		return accepted_socket();
	if (!strcmp(kind, "unix"))
		return socket(AF_UNIX, SOCK_STREAM, 0);
	return socket(AF_INET, strcmp(kind, "udp") ? SOCK_STREAM : SOCK_DGRAM, 0);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "usage: timers KIND STEP...");
	fd = open_kind(argv[1]);
	signal(SIGUSR1, print_step);
	for (int index = 2; index < argc; index++) {
		step = argv[index];
		if (!strcmp(argv[1], "signal"))
			raise(SIGUSR1);
		else
			print_step(0);
	}
	return 0;
}
