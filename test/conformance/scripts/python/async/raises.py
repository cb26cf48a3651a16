import asyncio


async def main():
    raise LookupError("in a coroutine")


asyncio.run(main())
