// waiting HOST PORT: a connection that waits for what never comes.
#include <err.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;

	if (argc != 3) errx(2, "usage: waiting HOST PORT");
	if (getaddrinfo(argv[1], argv[2], &hints, &found) != 0) errx(1, "%s has no address", argv[1]);
	int connection = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
	if (connect(connection, found->ai_addr, found->ai_addrlen) != 0) err(1, "%s", argv[1]);
	char byte;
	return read(connection, &byte, 1) < 0;
}
