/* Between polls, connections are hung up if that is asked for. */
#include "applets/drain_wait.h"

#include <string.h>

#include "applets/drain_report.h"
#include "sockets/connection_watch.h"
#include "text/clock.h"

sigset_t block_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signals;
}

bool pause_until_ms(int64_t end_ms, const sigset_t *signals)
{
	int64_t left_ms;

	do {
		struct timespec left = { 0 };

		left_ms = end_ms - monotonic_ms();
		if (left_ms > 0)
			left = timespec_of_ms(left_ms);
		if (sigtimedwait(signals, NULL, &left) > 0)
			return false;
	} while (end_ms > monotonic_ms());
	return true;
}

/* Until the next poll; false if a signal came. */
static bool hang_up_until_ms(struct gentle_hangup *gentle, int64_t end_ms, const sigset_t *signals)
{
	while (next_turn_ms(gentle) < end_ms && monotonic_ms() < end_ms) {
		if (!pause_until_ms(next_turn_ms(gentle), signals))
			return false;
		take_turn(gentle);
	}
	return pause_until_ms(end_ms, signals);
}

static bool poll_connections(struct drain_wait *wait, struct connection_watch *watch)
{
	bool waits;

	if (!wait->gentle.quiet_ms)
		return watch_connections(&wait->scope, watch);
	before_poll(&wait->gentle);
	waits = watch_connections(&wait->scope, watch);
	after_poll(&wait->gentle, !watch->error);
	return waits;
}

void wait_for_connections(struct drain_wait *wait, const sigset_t *signals)
{
	const struct port_set *ports = &wait->scope.ports;
	int64_t start_ms = monotonic_ms(), end_ms = start_ms + wait->timeout_ms, now_ms, next_ms;
	struct connection_watch watch = { .visit = wait->gentle.quiet_ms ? see_connection : NULL, .context = &wait->gentle };
	bool waits, told = false;

	start_gentle_hangup(&wait->gentle, start_ms, wait->timeout_ms);
	do {
		now_ms = monotonic_ms();
		waits = poll_connections(wait, &watch);
		if (!told && watch.now.open && wait->timeout_ms)
			report_drain_start(ports, wait->timeout_ms, &watch);
		told = told || watch.now.open;
		next_ms = now_ms + watch.interval_ms < end_ms ? now_ms + watch.interval_ms : end_ms;
	} while (waits && now_ms < end_ms && hang_up_until_ms(&wait->gentle, next_ms, signals));
	if (watch.counted)
		report_drain_end(ports, now_ms - start_ms, &watch, &wait->gentle.counts);
	else
		report_drain("can't list connections: %s; %s", strerror(watch.error),
			     waits ? "waited all the same" : "not waiting");
}
