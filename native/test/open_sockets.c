/*
 * Opens the sockets named on the command line and prints their options. Exits
 * 1 where socket() touched errno although it succeeded, or did not set it
 * where it failed.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

enum { STRANGE_ERRNO = 4242, OWN_IDLE_SECONDS = 7, OWN_USER_TIMEOUT_MS = 0, NO_SUCH_DOMAIN = 9999, MPTCP = 262 };

static const struct {
	const char *name;
	int domain, type, protocol;
} kinds[] = {
	{ "tcp4", AF_INET, SOCK_STREAM, 0 },
	{ "tcp6", AF_INET6, SOCK_STREAM, 0 },
	{ "tcp-by-number", AF_INET, SOCK_STREAM, IPPROTO_TCP },
	{ "tcp-flags", AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0 },
	{ "mptcp", AF_INET, SOCK_STREAM, MPTCP },
	{ "udp4", AF_INET, SOCK_DGRAM, 0 },
	{ "udp6", AF_INET6, SOCK_DGRAM, 0 },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_TCP },
	{ "unix", AF_UNIX, SOCK_STREAM, 0 },
	{ "netlink", AF_NETLINK, SOCK_RAW, 0 },
};

static int open_kind(const char *name)
{
	for (size_t index = 0; index < sizeof(kinds) / sizeof(kinds[0]); index++)
		if (!strcmp(kinds[index].name, name))
			return socket(kinds[index].domain, kinds[index].type, kinds[index].protocol);
	errx(2, "%s: no such kind", name);
}

static void print_accepted(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &size) ||
	    connect(client, (struct sockaddr *)&address, size))
		err(2, "loopback");
	print_options("accepted", accept(listener, NULL, NULL));
}

static void print_own(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int idle = OWN_IDLE_SECONDS, user_timeout = OWN_USER_TIMEOUT_MS;

	if (setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof(user_timeout)))
		err(2, "setsockopt");
	print_options("own", fd);
}

static void print_own_idle(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int idle = OWN_IDLE_SECONDS;

	if (setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)))
		err(2, "setsockopt");
	print_options("own-idle", fd);
}

static void check_failure(void)
{
	errno = STRANGE_ERRNO;
	if (socket(NO_SUCH_DOMAIN, SOCK_STREAM, 0) != -1 || errno != EAFNOSUPPORT)
		errx(1, "a socket that cannot be: errno %d", errno);
	puts("{\"name\":\"impossible\"}");
}

static void print_kind(const char *name)
{
	int fd;

	errno = STRANGE_ERRNO;
	fd = open_kind(name);
	if (fd < 0)
		err(2, "%s", name);
	if (errno != STRANGE_ERRNO)
		errx(1, "%s: errno became %d", name, errno);
	print_options(name, fd);
	close(fd);
}

int main(int argc, char **argv)
{
	(void)argc;
	while (*++argv)
		if (!strcmp(*argv, "accepted"))
			print_accepted();
		else if (!strcmp(*argv, "own"))
			print_own();
		else if (!strcmp(*argv, "own-idle"))
			print_own_idle();
		else if (!strcmp(*argv, "impossible"))
			check_failure();
		else
			print_kind(*argv);
	return 0;
}
