/* A library whose constructor opens a socket, before that of libkeepalive.so when it stands behind it. */
#include "options.h"

__attribute__((constructor)) static void open_early(void)
{
	print_options("early", socket(AF_INET, SOCK_STREAM, 0));
}
