/*
 * A program linked to libkeepalive.so alone: no libc is loaded, and the library
 * finds neither dlsym nor environ nor errno. Exits 0 when the socket has
 * the default options all the same, and a wrong call returns -1.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "../keepalive/system_call.h"

#if defined(__x86_64__)
enum { CALL_GETSOCKOPT = 55, CALL_EXIT_GROUP = 231 };
#else
enum { CALL_GETSOCKOPT = 209, CALL_EXIT_GROUP = 94 };
#endif

enum { DEFAULT_IDLE_SECONDS = 60, NO_SUCH_DOMAIN = 9999 };

void _start(void);

void _start(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int idle_seconds = 0;
	socklen_t size = sizeof(idle_seconds);

	system_call(CALL_GETSOCKOPT, fd, IPPROTO_TCP, TCP_KEEPIDLE, (long)&idle_seconds, (long)&size);
	if (socket(NO_SUCH_DOMAIN, SOCK_STREAM, 0) != -1)
		idle_seconds = 0;
	system_call(CALL_EXIT_GROUP, idle_seconds != DEFAULT_IDLE_SECONDS, 0, 0, 0, 0);
}
