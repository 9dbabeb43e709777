/*
 * inspect PID: borrows every TCP socket of another process and prints what
 * the kernel holds for it, named by what it is: "listener", "client" (its peer
 * listens on PORT) or "accepted" (it came in on PORT).
 */
#include <dirent.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "options.h"

static int port_of(int fd, int (*get_name)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in6 address = { 0 };
	socklen_t size = sizeof(address);

	/* The port lies at the same place in an IPv4 address. */
	return get_name(fd, (struct sockaddr *)&address, &size) ? -1 : ntohs(address.sin6_port);
}

static void print_socket(int fd, int port)
{
	if (option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1)
		print_options("listener", fd);
	else if (port_of(fd, getpeername) == port)
		print_options("client", fd);
	else if (port_of(fd, getpeername) >= 0 && port_of(fd, getsockname) == port)
		print_options("accepted", fd);
}

int main(int argc, char **argv)
{
	char path[64];
	long process;
	DIR *directory;

	if (argc != 3)
		errx(2, "usage: inspect PID PORT");
	snprintf(path, sizeof(path), "/proc/%s/fd", argv[1]);
	process = syscall(SYS_pidfd_open, strtol(argv[1], NULL, 10), 0);
	directory = opendir(path);
	if (process < 0 || !directory)
		err(1, "%s", path);
	for (struct dirent *entry; (entry = readdir(directory));) {
		int fd = (int)syscall(SYS_pidfd_getfd, process, strtol(entry->d_name, NULL, 10), 0);

		if (fd < 0 && entry->d_name[0] != '.')
			err(1, "%s/%s", path, entry->d_name);
		if (fd >= 0 && option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP)
			print_socket(fd, (int)strtol(argv[2], NULL, 10));
		close(fd);
	}
	return 0;
}
