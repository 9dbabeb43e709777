/* What the kernel tells of a TCP socket; an attribute that we do not know is passed over. */
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "sockets/sock_diag.h"

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
	socket->data_segments_sent = info.tcpi_data_segs_out;
	socket->data_segments_received = info.tcpi_data_segs_in;
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
	struct attribute attribute;

	while (take_attribute(&rest, &attribute)) {
		if (attribute.type == INET_DIAG_INFO)
			read_info(attribute.value, socket);
		else if (attribute.type == INET_DIAG_SHUTDOWN)
			read_shutdown(attribute.value, socket);
	}
}

bool read_socket(uint16_t type, struct slice payload, void *context)
{
	const struct socket_reader *reader = context;
	struct inet_diag_msg message;
	struct tcp_socket socket;

	if (type != SOCK_DIAG_BY_FAMILY)
		return true;
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
	reader->visit(&socket, reader->context);
	return true;
}
