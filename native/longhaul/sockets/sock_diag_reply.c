/*
 * Takes a netlink reply apart. Nothing in it is trusted: every length is
 * checked against what is left, and what is read is copied out, since nothing
 * promises alignment.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>

#include "sockets/sock_diag.h"

struct slice {
	const unsigned char *bytes;
	size_t length;
};

/* Copies the slice's first size bytes; false if it is shorter. */
static bool copy_start(struct slice slice, void *target, size_t size)
{
	if (slice.length < size)
		return false;
	memcpy(target, slice.bytes, size);
	return true;
}

static struct slice behind(struct slice slice, size_t length)
{
	size_t skipped = length < slice.length ? length : slice.length;

	return (struct slice){ slice.bytes + skipped, slice.length - skipped };
}

/* The last field of tcp_info that has been in it since Linux 2.4. */
enum { OLDEST_INFO_BYTES = offsetof(struct tcp_info, tcpi_total_retrans) + sizeof(__u32) };

/* An older kernel's tcp_info ends earlier than that of our headers: what is behind its end is 0. */
static void read_info(struct slice bytes, struct tcp_socket *socket)
{
	struct tcp_info info = { 0 };

	if (bytes.length < OLDEST_INFO_BYTES)
		return;
	copy_start(bytes, &info, bytes.length < sizeof(info) ? bytes.length : sizeof(info));
	socket->has_info = true;
	socket->sent_ms_ago = info.tcpi_last_data_sent;
	socket->received_ms_ago = info.tcpi_last_data_recv;
	socket->acknowledged_ms_ago = info.tcpi_last_ack_recv;
	socket->acknowledged_bytes = info.tcpi_bytes_acked;
	socket->received_bytes = info.tcpi_bytes_received;
	socket->bare_segments_sent = info.tcpi_segs_out - info.tcpi_data_segs_out;
	socket->round_trip_us = info.tcpi_rtt;
	socket->retransmissions = info.tcpi_total_retrans;
}

/* The kernel's sk_shutdown; 1 is its RCV_SHUTDOWN. Sent without being asked for. */
static void read_shutdown(struct slice bytes, struct tcp_socket *socket)
{
	uint8_t flags;

	if (copy_start(bytes, &flags, sizeof(flags)))
		socket->shut_for_reading = flags & 1;
}

static void read_attributes(struct slice rest, struct tcp_socket *socket)
{
	struct rtattr attribute;
	struct slice value;

	while (copy_start(rest, &attribute, sizeof(attribute))) {
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > rest.length)
			return;
		value = (struct slice){ rest.bytes + sizeof(attribute), attribute.rta_len - sizeof(attribute) };
		if (attribute.rta_type == INET_DIAG_INFO)
			read_info(value, socket);
		else if (attribute.rta_type == INET_DIAG_SHUTDOWN)
			read_shutdown(value, socket);
		rest = behind(rest, RTA_ALIGN((size_t)attribute.rta_len));
	}
}

static bool read_socket(struct slice payload, socket_visitor *visit, void *context)
{
	struct inet_diag_msg message;
	struct tcp_socket socket;

	if (!copy_start(payload, &message, sizeof(message)))
		return false;
	socket = (struct tcp_socket){
		.family = message.idiag_family,
		.state = message.idiag_state,
		.inode = message.idiag_inode,
		.send_queue_bytes = message.idiag_wqueue,
		.receive_queue_bytes = message.idiag_rqueue,
		.timer = message.idiag_timer,
		.timer_ms = message.idiag_expires,
		.id = message.id,
	};
	read_attributes(behind(payload, NLMSG_ALIGN(sizeof(message))), &socket);
	visit(&socket, context);
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

static enum reply_progress read_message(const struct nlmsghdr *header, struct slice payload,
					socket_visitor *visit, void *context)
{
	/* The list changed under the dump: some sockets may be missing in it. */
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		return fail(EAGAIN);
	switch (header->nlmsg_type) {
	case NLMSG_ERROR:
		return payload.length < sizeof(int) ? fail(EBADMSG) : read_status(payload);
	case NLMSG_DONE:
		return read_status(payload);
	case SOCK_DIAG_BY_FAMILY:
		return read_socket(payload, visit, context) ? REPLY_MORE : fail(EBADMSG);
	default:
		return REPLY_MORE;
	}
}

enum reply_progress parse_reply(const void *buffer, size_t length, uint32_t sequence, socket_visitor *visit,
				void *context)
{
	struct slice rest = { buffer, length };
	struct nlmsghdr header;

	while (copy_start(rest, &header, sizeof(header))) {
		struct slice payload = behind(rest, NLMSG_HDRLEN);
		enum reply_progress progress = REPLY_MORE;

		if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > rest.length)
			return fail(EBADMSG);
		payload.length = header.nlmsg_len - NLMSG_HDRLEN;
		if (header.nlmsg_seq == sequence)
			progress = read_message(&header, payload, visit, context);
		if (progress != REPLY_MORE)
			return progress;
		rest = behind(rest, NLMSG_ALIGN((size_t)header.nlmsg_len));
	}
	return REPLY_MORE;
}
