"""The other end of many connections. It accepts them on port 9000, or makes them when told so, and never ends one by
itself. On port 9001 each connection is a command: `connect ADDRESS PORT COUNT`, `state`. The answer is what has become
of the connections with each address: open, ended (by a FIN), reset."""

import asyncio
import collections
import json

counts = collections.defaultdict(lambda: {"open": 0, "ended": 0, "reset": 0})
held = set()


async def hold(reader, writer):
    count = counts[writer.get_extra_info("peername")[0]]
    held.add(writer)
    count["open"] += 1
    try:
        while await reader.read(4096):
            pass
        count["ended"] += 1
    except ConnectionError:
        count["reset"] += 1
    count["open"] -= 1
    held.discard(writer)
    writer.close()


async def connect(address, port, number):
    for _ in range(int(number)):
        asyncio.create_task(hold(*await asyncio.open_connection(address, int(port))))


async def answer(reader, writer):
    command, *arguments = (await reader.readline()).decode().split()
    if command == "connect":
        await connect(*arguments)
    writer.write(json.dumps(counts).encode())
    writer.close()


async def main():
    # Where more come at a time than it takes, some would be known to one side only.
    await asyncio.start_server(hold, "0.0.0.0", 9000, backlog=2048)
    await (await asyncio.start_server(answer, "127.0.0.1", 9001)).serve_forever()


asyncio.run(main())
