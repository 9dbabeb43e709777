/*
 * Socket options, asked for and set without errno and without the functions of
 * other libraries. Errors are ignored: without the option the socket works as
 * it would without this library.
 */
#ifndef KEEPALIVE_OPTION_H
#define KEEPALIVE_OPTION_H

#include <sys/socket.h>

#include "system_call.h"

static inline void set_option(int fd, int level, int option, int value)
{
	system_call(CALL_SETSOCKOPT, fd, level, option, (long)&value, sizeof(value));
}

/* -1 where the socket has no such option. */
static inline int get_option(int fd, int level, int option)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return system_call(CALL_GETSOCKOPT, fd, level, option, (long)&value, (long)&size) < 0 ? -1 : value;
}

#endif
