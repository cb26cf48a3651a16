import asyncio
print(asyncio.run(asyncio.to_thread(sum, [1, 2, 3])))
