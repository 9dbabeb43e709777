"""Holds connections: hold.py ADDRESS COUNT [ADDRESS COUNT]..., each until its other end ends it."""

import asyncio
import sys


async def hold(address):
    reader, writer = await asyncio.open_connection(address, 9000)
    await reader.read()
    writer.close()


async def main():
    pairs = zip(sys.argv[1::2], sys.argv[2::2])
    tasks = [asyncio.create_task(hold(address)) for address, count in pairs for _ in range(int(count))]
    await asyncio.wait(tasks)
    await asyncio.Event().wait()


asyncio.run(main())
