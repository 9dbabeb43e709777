/*
 * A program linked to libkeepalive.so alone: no libc is loaded, and the library
 * finds neither dlsym nor environ nor errno. Exits 0 when the socket has
 * the default options all the same, its TCP_USER_TIMEOUT follows, and wrong
 * calls return -1.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "../keepalive/system_call.h"

#if defined(__x86_64__)
enum { CALL_EXIT_GROUP = 231 };
#else
enum { CALL_EXIT_GROUP = 94 };
#endif

enum { DEFAULT_IDLE_SECONDS = 60, OWN_IDLE_SECONDS = 100, FOLLOWING_MS = 130000, NO_SUCH_DOMAIN = 9999 };

void _start(void);

static int option(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);

	system_call(CALL_GETSOCKOPT, fd, IPPROTO_TCP, name, (long)&value, (long)&size);
	return value;
}

static int is_right(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), idle_seconds = OWN_IDLE_SECONDS;

	return option(fd, TCP_KEEPIDLE) == DEFAULT_IDLE_SECONDS && socket(NO_SUCH_DOMAIN, SOCK_STREAM, 0) == -1 &&
	       setsockopt(-1, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof(idle_seconds)) == -1 &&
	       setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof(idle_seconds)) == 0 &&
	       option(fd, TCP_KEEPIDLE) == OWN_IDLE_SECONDS && option(fd, TCP_USER_TIMEOUT) == FOLLOWING_MS;
}

void _start(void)
{
	system_call(CALL_EXIT_GROUP, !is_right(), 0, 0, 0, 0);
}
