/* Asks the kernel over netlink. The one module that owns netlink buffers. */
#ifndef LONGHAUL_NETLINK_H
#define LONGHAUL_NETLINK_H

#include <stdbool.h>
#include <sys/uio.h>

#include "sockets/netlink_message.h"

/* The descriptor, in the network namespace of the caller; -1 with errno. */
int netlink_open(int protocol);

/* Of a request of this process that none has had. */
uint32_t next_sequence(void);

/* Sends the parts of a request and has each message of the reply read; false with errno. */
bool netlink_ask(int netlink, struct iovec *parts, size_t part_count, uint32_t sequence, message_reader *read,
		 void *context);

#endif
