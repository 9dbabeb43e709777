/*
 * A request that waits for its answer, an upload and a download look quiet as
 * well while the application or the peer takes its time. Data in a queue gives
 * the transfers away, and that the peer spoke last the request. Protocols with
 * several requests at once on a connection can't be told that way.
 */
#include "sockets/quiet.h"

#include <netinet/tcp.h>

/* An ACK is held back for at most that long (RFC 1122, 4.2.3.2). */
enum { LONGEST_ACK_DELAY_MS = 500 };

/*
 * The kernel's times are in ticks of 1 to 10 ms. In a single one a quick
 * application answers, which is quiet, or a client sends its next request upon
 * the last answer, which is not. ACKs tell:
 *
 * - The client has acknowledged the answer after it last sent data. An ACK that
 *   is late belongs to a keepalive probe, and tells nothing.
 * - We have sent a single ACK without data: the first data is acknowledged at
 *   once (the kernel's "quickack"). Data of ours has carried the ACKs of what
 *   came later, so that it was sent after that. Of the first data itself that
 *   can't be said: ours may be a greeting, and be sent before. Hence there has
 *   to be a second segment each way.
 *
 * Otherwise it is better to take it for a request.
 */
static bool spoke_last_in_tick(const struct tcp_socket *socket)
{
	int64_t acknowledged_after_ms = (int64_t)socket->received_ms_ago - socket->acknowledged_ms_ago;

	return (acknowledged_after_ms > 0 && acknowledged_after_ms <= LONGEST_ACK_DELAY_MS) ||
	       (socket->bare_segments_sent <= 1 && socket->data_segments_sent > 1 &&
		socket->data_segments_received > 1 && socket->received_ms_ago > LONGEST_ACK_DELAY_MS);
}

static bool spoke_last(const struct tcp_socket *socket)
{
	return socket->sent_ms_ago == socket->received_ms_ago ? spoke_last_in_tick(socket) :
								socket->sent_ms_ago < socket->received_ms_ago;
}

bool is_quiet(const struct tcp_socket *socket, int64_t quiet_ms)
{
	return socket->state == TCP_ESTABLISHED && socket->inode && socket->has_info &&
	       socket->received_bytes && socket->acknowledged_bytes &&
	       !socket->send_queue_bytes && !socket->receive_queue_bytes &&
	       socket->sent_ms_ago >= quiet_ms && socket->received_ms_ago >= quiet_ms && spoke_last(socket);
}
