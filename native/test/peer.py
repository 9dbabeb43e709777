"""One end of many TCP connections, driven over standard input.

A line is a command with its arguments; each is answered by one line of JSON.
It never acts by itself but for accepting and, if told so, closing what its
peer has closed, so that a test decides when what happens. Runs with any
Python from 3.6 on, without other modules.
"""

import json
import os
import selectors
import signal
import socket
import sys
import threading

selector = selectors.DefaultSelector()
listeners = []
connections = []  # open ones, oldest first
counts = {"accepted": 0, "ended": 0, "reset": 0, "aborted": 0, "received": 0}
answers = {"left": 0}
behaviour = {"accept": True, "close": True, "read": True, "mptcp": False}
IPPROTO_MPTCP = 262


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def new_socket(address):
    protocol = IPPROTO_MPTCP if behaviour["mptcp"] else socket.IPPROTO_TCP
    return socket.socket(family_of(address), socket.SOCK_STREAM, protocol)


def endpoint(address):
    return {"address": address[0], "port": address[1]}


def keep(connection):
    connections.append(connection)
    if behaviour["read"]:
        selector.register(connection, selectors.EVENT_READ, on_readable)


def forget(connection):
    if is_watched(connection):
        selector.unregister(connection)
    connections.remove(connection)
    connection.close()


def on_connection(listener):
    if not behaviour["accept"]:
        selector.unregister(listener)
        return
    connection, _ = listener.accept()
    counts["accepted"] += 1
    keep(connection)


def on_readable(connection):
    if not behaviour["read"]:
        selector.unregister(connection)
        return
    try:
        data = connection.recv(65536)
        ended = not data
        counts["received"] += len(data)
        if data and answers["left"] > 0:
            answers["left"] -= 1
            connection.send(data)
    except ConnectionResetError:
        counts["reset"] += 1
        ended = True
    except ConnectionAbortedError:
        counts["aborted"] += 1
        ended = True
    except OSError:  # ETIMEDOUT and the like
        ended = True
    if not ended:
        return
    counts["ended"] += 1
    if behaviour["close"]:
        forget(connection)
    else:
        selector.unregister(connection)


def listen(address, port="0", backlog="4096"):
    """An IPv6 listener takes IPv4 clients as well, as mapped addresses."""
    listener = new_socket(address)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((address, int(port)))
    listener.listen(int(backlog))
    listeners.append(listener)
    selector.register(listener, selectors.EVENT_READ, on_connection)
    return endpoint(listener.getsockname())


def listen_many(address, first, count, step="2"):
    for index in range(int(count)):
        listen(address, str(int(first) + index * int(step)), "16")
    return {}


def connect(address, port, count="1", source=""):
    made = []
    for _ in range(int(count)):
        connection = new_socket(address)
        if source:
            connection.bind((source, 0))
        connection.connect((address, int(port)))
        keep(connection)
        made.append(endpoint(connection.getsockname()))
    return {"local": made}


def close(count):
    for connection in connections[: int(count)]:
        forget(connection)
    return {}


def is_watched(stream):
    return stream.fileno() >= 0 and stream in selector.get_map()


def unlisten():
    for listener in listeners:
        selector.unregister(listener)
        listener.close()
    listeners.clear()
    return {}


def shutdown():
    """Closes the sending side of every connection, and goes on reading."""
    for connection in connections:
        connection.shutdown(socket.SHUT_WR)
    return {}


def send(size):
    """Sends on every connection as much of that as the kernel takes at once."""
    for connection in connections:
        connection.send(b"x" * int(size), socket.MSG_DONTWAIT)
    return {}


def answer_next(count):
    """Sends back what comes in, that many times from now on."""
    answers["left"] = int(count)
    return {}


def option(level, name):
    return {"values": [c.getsockopt(int(level), int(name)) for c in connections]}


def set_option(level, name, value):
    for connection in connections:
        connection.setsockopt(int(level), int(name), int(value))
    return {}


def configure(name, value):
    """Whether to accept, read, close what the peer has closed, use MPTCP: "on" or "off"."""
    behaviour[name] = value == "on"
    for connection in connections if behaviour["read"] else []:
        if not is_watched(connection):
            selector.register(connection, selectors.EVENT_READ, on_readable)
    return {}


def replace(address, port):
    """Puts a new connection under the number of the oldest one's descriptor."""
    oldest = connections[0]
    fresh = socket.create_connection((address, int(port)))
    selector.unregister(oldest)
    number = oldest.fileno()
    os.dup2(fresh.fileno(), number)
    fresh.close()
    selector.register(oldest, selectors.EVENT_READ, on_readable)
    return endpoint(oldest.getsockname())


def fork():
    """A child that holds the same connections until it is killed."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open("/dev/null", os.O_RDWR), 0)
        while True:
            os.read(os.pipe()[0], 1)
    return {"pid": pid}


def thread():
    """A thread that only waits; the answer's pid is its id."""
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return {"pid": max(map(int, os.listdir("/proc/self/task")))}


def urge(way):
    """Has SIGURG caught by a handler of this program, or blocked."""
    if way == "caught":
        signal.signal(signal.SIGURG, lambda number, frame: None)
    else:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
    return {}


def rename(name):
    with open("/proc/self/comm", "wb") as comm:
        comm.write(name.encode().decode("unicode_escape").encode("latin-1"))
    return {}


def state():
    return dict(counts, open=len(connections), pid=os.getpid())


COMMANDS = {
    "listen": listen,
    "listen-many": listen_many,
    "connect": connect,
    "close": close,
    "unlisten": unlisten,
    "shutdown": shutdown,
    "send": send,
    "answer": answer_next,
    "option": option,
    "set-option": set_option,
    "configure": configure,
    "replace": replace,
    "fork": fork,
    "thread": thread,
    "rename": rename,
    "urge": urge,
    "state": state,
}


def answer(line):
    name, *arguments = line.split()
    try:
        result = COMMANDS[name](*arguments)
    except Exception as error:  # pylint: disable=broad-except
        result = {"error": repr(error)}
    os.write(1, json.dumps(result).encode() + b"\n")


def on_command(stream, pending=bytearray()):
    data = os.read(stream.fileno(), 65536)
    if not data:
        sys.exit(0)
    pending.extend(data)
    while b"\n" in pending:
        line, _, rest = bytes(pending).partition(b"\n")
        pending[:] = rest
        answer(line.decode())


selector.register(sys.stdin, selectors.EVENT_READ, on_command)
while True:
    for key, _ in selector.select():
        if is_watched(key.fileobj):  # an earlier event may have closed it
            key.data(key.fileobj)
