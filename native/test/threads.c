/* Opens sockets in many threads at once; exits 1 when one of them lacks its options. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

enum { THREADS = 8, ROUNDS = 200, IDLE_SECONDS = 5 };

static void *open_sockets(void *argument)
{
	for (int round = 0; round < ROUNDS; round++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (option(fd, IPPROTO_TCP, TCP_KEEPIDLE) != IDLE_SECONDS)
			errx(1, "a socket without its options");
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
