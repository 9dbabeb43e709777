"""asking.py HOST waits|sends: asks an echo server once and then waits, or asks each second.

Says `answered`, and `lost SECONDS WHY` where its connection is lost: since before the question that was not answered,
or the last one of all. Then it connects again.
"""

import socket
import sys
import time

host, kind = sys.argv[1:]


def talk():
    since = time.monotonic()
    try:
        with socket.create_connection((host, 8080)) as connection:
            while True:
                since = time.monotonic()
                connection.send(b"?\n")
                if not connection.recv(100):
                    return
                print("answered", flush=True)
                if kind == "waits":
                    connection.recv(100)
                    return
                time.sleep(1)
    except OSError as error:
        print(f"lost {time.monotonic() - since} {error}", flush=True)


while True:
    talk()
    time.sleep(1)
