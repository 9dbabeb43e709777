/*
 * The kernel's list of TCP sockets, over netlink (sock_diag(7)); reading the
 * list needs no privileges.
 */
#ifndef LONGHAUL_SOCK_DIAG_H
#define LONGHAUL_SOCK_DIAG_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sockets/filter.h"
#include "sockets/netlink_message.h"

struct tcp_socket {
	uint8_t family;
	uint8_t state;			/* TCP_ESTABLISHED and so on, <netinet/tcp.h> */
	uint32_t inode;			/* 0: no process holds it, or none has accepted it yet */
	uint32_t send_queue_bytes;	/* not acknowledged yet; a FIN counts as one */
	uint32_t receive_queue_bytes;	/* not read yet */
	uint8_t timer;			/* enum socket_timer, or another of the kernel's numbers */
	uint32_t timer_ms;		/* until it goes off */
	struct inet_diag_sockid id;	/* addresses and ports, in network byte order, and the kernel's cookie */
	bool has_info;			/* asked for, and there is a full socket to tell */
	uint32_t sent_ms_ago;		/* the last data each way; both start with the connection */
	uint32_t received_ms_ago;
	uint32_t acknowledged_ms_ago;	/* the peer's last ACK */
	uint64_t acknowledged_bytes;	/* of ours, in all its life; 0 before Linux 4.1, as are those received */
	uint64_t received_bytes;
	uint32_t bare_segments_sent;	/* without data: ACKs, keepalive probes */
	uint32_t data_segments_sent;	/* 0 before Linux 4.6, as are those received */
	uint32_t data_segments_received;
	uint32_t round_trip_us;
	uint32_t retransmissions;	/* in all its life */
	bool shut_for_reading;		/* by shutdown(2), or since the peer's FIN */
};

/* idiag_timer; while data is on its way the kernel tells of its timer, and not of that of keepalive. */
enum socket_timer { TIMER_NONE = 0, TIMER_RETRANSMIT = 1, TIMER_KEEPALIVE = 2, TIMER_WINDOW_PROBE = 4 };

struct socket_query {
	uint32_t states;		/* a bit for each state: 1 << TCP_ESTABLISHED */
	bool with_info;			/* costs the kernel a lock on each socket */
	struct socket_filter filter;
};

typedef void socket_visitor(const struct tcp_socket *socket, void *context);

/* The descriptor, in the network namespace of the caller; -1 with errno. */
int sock_diag_open(void);

/* Calls visit for each socket that the query is about; false with errno. */
bool sock_diag_dump(int netlink, const struct socket_query *query, socket_visitor *visit, void *context);

/* How it is by now, with its info: it, and not a later one between the same ports. False with errno, ENOENT if it is gone. */
bool sock_diag_look(int netlink, const struct tcp_socket *socket, struct tcp_socket *now);

/* Whether it is still there and established. */
bool sock_diag_is_established(int netlink, const struct tcp_socket *socket);

/* Ends the connection with a RST (CAP_NET_ADMIN); false with errno, ENOENT if it is gone. */
bool sock_diag_destroy(int netlink, const struct tcp_socket *socket);

/* Who sees the sockets of a reply. */
struct socket_reader {
	socket_visitor *visit;
	void *context;
};

/* A message_reader whose context is a struct socket_reader. Pure, so that it can be fuzzed. */
bool read_socket(uint16_t type, struct slice payload, void *reader);

#endif
