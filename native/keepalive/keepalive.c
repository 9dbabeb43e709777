/*
 * libkeepalive.so: preloaded into a program, it switches TCP keepalive on for
 * every TCP socket the program opens. It interposes socket(): options set there
 * hold for outgoing connections, accepted ones inherit them from their listener,
 * and whatever the program sets later wins. And it interposes setsockopt(), so
 * that TCP_USER_TIMEOUT follows the timers that the program sets.
 *
 * The one file runs under glibc and musl of any age. So it links to nothing,
 * and what it would like to have from a libc is declared weak: dlsym, environ,
 * getauxval and the address of errno are there in both; it works without. It allocates
 * nothing, takes no lock and starts no thread, so that both functions stay as
 * safe in threads and signal handlers as the program knows them.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "config.h"
#include "debug.h"
#include "environment.h"
#include "next_function.h"
#include "option.h"
#include "settings_file.h"
#include "system_call.h"
#include "user_timeout.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

typedef int socket_function(int domain, int type, int protocol);
typedef int setsockopt_function(int fd, int level, int option, const void *value, socklen_t length);

/* The functions of this library, by names that can't stand for those of another. */
static socket_function own_socket;
static setsockopt_function own_setsockopt;

static struct keepalive keepalive;
static socket_function *next_socket;
static setsockopt_function *next_setsockopt;

enum { UNPREPARED, PREPARING, READY };
static atomic_int readiness;

static int system_socket(int domain, int type, int protocol)
{
	return as_libc(system_call(CALL_SOCKET, domain, type, protocol, 0, 0));
}

static int system_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	return as_libc(system_call(CALL_SETSOCKOPT, fd, level, option, (long)value, length));
}

/* The variable comes first: a container may have settings of its own. */
static struct keepalive find_settings(char **environment)
{
	const char *list = environment_value(environment, "LONGHAUL_KEEPALIVE");
	struct settings_text text;

	if (!list && read_settings_file(&text))
		list = text.bytes;
	return read_keepalive(list, environment);
}

static void prepare(void)
{
	char **environment = trusted_environment();
	const char *debug = environment_value(environment, "LONGHAUL_DEBUG");

	keepalive = find_settings(environment);
	next_socket = (socket_function *)next_function("socket", (void *)own_socket, (void *)system_socket);
	next_setsockopt = (setsockopt_function *)next_function("setsockopt", (void *)own_setsockopt,
							       (void *)system_setsockopt);
	if (debug && debug[0] == '1' && debug[1] == '\0')
		print_keepalive(&keepalive);
}

/*
 * The constructors of the program's own libraries may run before this one, and
 * open sockets or start threads that do: hence the second caller, below. Who
 * comes while another prepares is told false rather than made to wait, since it
 * may be a signal handler that interrupted that very thread.
 */
__attribute__((constructor)) static bool prepared(void)
{
	int expected = UNPREPARED;

	if (atomic_load_explicit(&readiness, memory_order_acquire) == READY)
		return true;
	if (!atomic_compare_exchange_strong(&readiness, &expected, PREPARING))
		return false;
	prepare();
	atomic_store_explicit(&readiness, READY, memory_order_release);
	return true;
}

/* SOCK_STREAM is compared, not tested as a bit: SOCK_RAW has that bit too. */
static bool is_tcp(int domain, int type, int protocol)
{
	return (domain == AF_INET || domain == AF_INET6) &&
	       (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) == SOCK_STREAM &&
	       (protocol == 0 || protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP);
}

static void switch_keepalive_on(int fd)
{
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, keepalive.idle_seconds);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, keepalive.interval_seconds);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, keepalive.probes);
	if (keepalive.user_timeout_ms)
		set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, keepalive.user_timeout_ms);
}

static int own_socket(int domain, int type, int protocol)
{
	int fd;

	if (!prepared())
		return system_socket(domain, type, protocol);
	fd = next_socket(domain, type, protocol);
	if (fd >= 0 && is_tcp(domain, type, protocol))
		switch_keepalive_on(fd);
	return fd;
}

__attribute__((visibility("default"), alias("own_socket"))) socket_function socket;

static int set_timer(int fd, int option, const void *value, socklen_t length)
{
	struct timers timers;
	bool follows = is_followed(&keepalive, fd, &timers);
	int result = next_setsockopt(fd, IPPROTO_TCP, option, value, length);

	if (follows && result == 0)
		follow_timer(&keepalive, fd, option, &timers);
	return result;
}

/* What the program passes is the kernel's to judge, and is not looked at here. */
static int own_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
	if (!prepared())
		return system_setsockopt(fd, level, option, value, length);
	if (is_timer(level, option))
		return set_timer(fd, option, value, length);
	return next_setsockopt(fd, level, option, value, length);
}

__attribute__((visibility("default"), alias("own_setsockopt"))) setsockopt_function setsockopt;
