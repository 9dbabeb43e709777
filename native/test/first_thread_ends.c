/* first_thread_ends PORT: its first thread ends, another accepts connections there and keeps them. */
#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

static void *accept_all(void *argument)
{
	const int *listener = argument;

	while (accept(*listener, NULL, NULL) >= 0)
		continue;
	err(1, "accept");
}

int main(int argc, char **argv)
{
	static int listener;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	pthread_t thread;

	if (argc != 2)
		errx(2, "needs a port");
	address.sin_port = htons((uint16_t)atoi(argv[1]));
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 16))
		err(1, "port %s", argv[1]);
	if (pthread_create(&thread, NULL, accept_all, &listener))
		errx(1, "no thread");
	pthread_exit(NULL);
}
