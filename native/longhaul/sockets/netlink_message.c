/* Messages, their attributes, and how a reply ends; netlink(7). */
#include "sockets/netlink_message.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

bool copy_start(struct slice slice, void *target, size_t size)
{
	if (slice.length < size)
		return false;
	memcpy(target, slice.bytes, size);
	return true;
}

struct slice behind(struct slice slice, size_t length)
{
	size_t skipped = length < slice.length ? length : slice.length;

	return (struct slice){ slice.bytes + skipped, slice.length - skipped };
}

bool take_attribute(struct slice *rest, struct attribute *attribute)
{
	struct nlattr header;

	if (!copy_start(*rest, &header, sizeof(header)))
		return false;
	if (header.nla_len < sizeof(header) || header.nla_len > rest->length)
		return false;
	attribute->type = header.nla_type & (uint16_t)NLA_TYPE_MASK;
	attribute->value = (struct slice){ rest->bytes + sizeof(header), header.nla_len - sizeof(header) };
	*rest = behind(*rest, NLMSG_ALIGN((size_t)header.nla_len));
	return true;
}

static enum reply_progress fail(int error)
{
	errno = error;
	return REPLY_FAILED;
}

/* NLMSG_ERROR and NLMSG_DONE start with a negative errno, or 0; a dump's end may carry none. */
static enum reply_progress read_status(struct slice payload)
{
	int status = 0;

	copy_start(payload, &status, sizeof(status));
	return status < 0 && status > -4096 ? fail(-status) : REPLY_DONE;
}

static enum reply_progress read_message(const struct nlmsghdr *header, struct slice payload, message_reader *read,
					void *context)
{
	/* The list changed under the dump: some may be missing in it. */
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		return fail(EAGAIN);
	switch (header->nlmsg_type) {
	case NLMSG_ERROR:
		return payload.length < sizeof(int) ? fail(EBADMSG) : read_status(payload);
	case NLMSG_DONE:
		return read_status(payload);
	default:
		return read(header->nlmsg_type, payload, context) ? REPLY_MORE : fail(EBADMSG);
	}
}

enum reply_progress read_messages(struct slice rest, uint32_t sequence, message_reader *read, void *context)
{
	struct nlmsghdr header;

	while (copy_start(rest, &header, sizeof(header))) {
		struct slice payload = behind(rest, NLMSG_HDRLEN);
		enum reply_progress progress = REPLY_MORE;

		if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > rest.length)
			return fail(EBADMSG);
		payload.length = header.nlmsg_len - NLMSG_HDRLEN;
		if (header.nlmsg_seq == sequence)
			progress = read_message(&header, payload, read, context);
		if (progress != REPLY_MORE)
			return progress;
		rest = behind(rest, NLMSG_ALIGN((size_t)header.nlmsg_len));
	}
	return REPLY_MORE;
}
