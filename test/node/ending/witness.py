"""A server that says what happens to it, and when: the hook, the end of its sessions, SIGTERM, its own end.

witness.py SESSION STOP: closes its sessions that many seconds after the hook began, and stops that many after SIGTERM.
The times are seconds of the clock that all of a host's processes share.
"""

import os
import signal
import socket
import sys
import time

session_seconds, stop_seconds = map(float, sys.argv[1:])
sessions = []
at = {}


def say(what):
    at[what] = time.time()
    print(f"{at[what]:.3f} {what}", flush=True)


def has_passed(since, seconds):
    return since in at and time.time() >= at[since] + seconds


def hook_runs():
    return any(name.isdigit() and int(name) != os.getpid() for name in os.listdir("/proc"))


signal.signal(signal.SIGTERM, lambda *_: say("SIGTERM"))
listener = socket.create_server(("", 8080))
listener.settimeout(0.05)
while not has_passed("SIGTERM", stop_seconds):
    try:
        sessions.append(listener.accept()[0])
        say("session begins")
    except TimeoutError:
        pass
    if "hook" not in at and hook_runs():
        say("hook")
    if sessions and has_passed("hook", session_seconds):
        sessions.pop().close()
        say("session ends")
    # Its last words, where it is killed.
    if "SIGTERM" in at:
        say("lives")
say("stops")
