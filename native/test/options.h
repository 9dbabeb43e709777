/* How the test programs tell what the kernel holds for a socket: one JSON object a line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

/* -1 where the socket has no such option. */
static inline int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, name, &value, &size) < 0 ? -1 : value;
}

static inline void print_options(const char *name, int fd)
{
	printf("{\"name\":\"%s\",\"keepalive\":%d,\"idle\":%d,\"interval\":%d,\"probes\":%d,\"userTimeout\":%d,"
	       "\"typeOfService\":%d}\n",
	       name, option(fd, SOL_SOCKET, SO_KEEPALIVE), option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
	       option(fd, IPPROTO_TCP, TCP_KEEPINTVL), option(fd, IPPROTO_TCP, TCP_KEEPCNT),
	       option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), option(fd, IPPROTO_IP, IP_TOS));
	fflush(stdout);
}

#endif
