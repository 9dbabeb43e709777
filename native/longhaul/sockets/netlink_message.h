/*
 * Takes netlink messages apart. Nothing in them is trusted: every length is
 * checked against what is left, and what is read is copied out, since nothing
 * promises alignment.
 */
#ifndef LONGHAUL_NETLINK_MESSAGE_H
#define LONGHAUL_NETLINK_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const unsigned char *bytes;
	size_t length;
};

struct attribute {
	uint16_t type;		/* without its flags */
	struct slice value;
};

/* Copies the slice's first size bytes; false if it is shorter. */
bool copy_start(struct slice slice, void *target, size_t size);

/* What is left behind that many bytes. */
struct slice behind(struct slice slice, size_t length);

/* Takes the first attribute off the rest; false where there is no whole one. */
bool take_attribute(struct slice *rest, struct attribute *attribute);

/* Reads a message of that type; false where it is not whole. */
typedef bool message_reader(uint16_t type, struct slice payload, void *context);

enum reply_progress { REPLY_MORE, REPLY_DONE, REPLY_FAILED };

/*
 * Has one buffer of a reply read, message by message; what carries another
 * sequence number is left out. REPLY_FAILED sets errno.
 */
enum reply_progress read_messages(struct slice rest, uint32_t sequence, message_reader *read, void *context);

#endif
