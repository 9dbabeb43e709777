/* Opens sockets in many threads at once, and sets their idle time; exits 1 when one of them lacks its options. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

enum { THREADS = 8, ROUNDS = 200, IDLE_SECONDS = 5, OWN_IDLE_SECONDS = 100, FOLLOWING_MS = 130000 };

static void *open_sockets(void *argument)
{
	int own_idle = OWN_IDLE_SECONDS;

	for (int round = 0; round < ROUNDS; round++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (option(fd, IPPROTO_TCP, TCP_KEEPIDLE) != IDLE_SECONDS)
			errx(1, "a socket without its options");
		if (setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &own_idle, sizeof(own_idle)) ||
		    option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) != FOLLOWING_MS)
			errx(1, "a socket whose TCP_USER_TIMEOUT does not follow");
		close(fd);
	}
	return argument;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int index = 0; index < THREADS; index++)
		if (pthread_create(&threads[index], NULL, open_sockets, NULL))
			errx(2, "pthread_create");
	for (int index = 0; index < THREADS; index++)
		pthread_join(threads[index], NULL);
	return 0;
}
