/*
 * A library whose constructor opens sockets in many threads at once and sets their idle time, before
 * that of libkeepalive.so when it stands behind it. Which of them come while
 * another one prepares, and so stay plain, is chance: it is ThreadSanitizer
 * that looks on here.
 */
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS = 8, OWN_IDLE_SECONDS = 100 };

static void *open_socket(void *argument)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), idle_seconds = OWN_IDLE_SECONDS;

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof(idle_seconds)))
		err(1, "setsockopt");
	close(fd);
	return argument;
}

__attribute__((constructor)) static void open_early(void)
{
	pthread_t threads[THREADS];

	for (int index = 0; index < THREADS; index++)
		if (pthread_create(&threads[index], NULL, open_socket, NULL))
			errx(1, "pthread_create");
	for (int index = 0; index < THREADS; index++)
		pthread_join(threads[index], NULL);
}
