import asyncio
import json


async def main():
    await asyncio.sleep(0.05)
    return 5


with open("output/result.json", "w") as out:
    json.dump({"v": asyncio.run(main())}, out)
