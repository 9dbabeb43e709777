/*
 * Another library that interposes socket() and setsockopt(), as tracing agents
 * do: marks each socket by its type of service, and by another one when its
 * idle time is set.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { MARK = 0x28, IDLE_MARK = 0x30 };

typedef int setsockopt_function(int fd, int level, int name, const void *value, socklen_t size);

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
	int fd = next(domain, type, protocol), mark = MARK;

	setsockopt(fd, IPPROTO_IP, IP_TOS, &mark, sizeof(mark));
	return fd;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	setsockopt_function *next = (setsockopt_function *)dlsym(RTLD_NEXT, "setsockopt");
	int result = next(fd, level, name, value, size), mark = IDLE_MARK;

	if (level == IPPROTO_TCP && name == TCP_KEEPIDLE)
		next(fd, IPPROTO_IP, IP_TOS, &mark, sizeof(mark));
	return result;
}
