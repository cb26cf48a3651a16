import asyncio


async def main():
    child = await asyncio.create_subprocess_exec("echo", "from a child")
    print("code", await child.wait(), flush=True)


asyncio.run(main())
