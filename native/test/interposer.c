/* Another library that interposes socket(), as tracing agents do: marks each socket by its type of service. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { MARK = 0x28 };

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
	int fd = next(domain, type, protocol), mark = MARK;

	setsockopt(fd, IPPROTO_IP, IP_TOS, &mark, sizeof(mark));
	return fd;
}
