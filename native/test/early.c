/* A library whose constructor opens sockets, before that of libkeepalive.so when it stands behind it. */
#include "options.h"

enum { OWN_IDLE_SECONDS = 100 };

__attribute__((constructor)) static void open_early(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), idle_seconds = OWN_IDLE_SECONDS;

	print_options("early", fd);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof(idle_seconds));
	print_options("early, own idle time", fd);
}
