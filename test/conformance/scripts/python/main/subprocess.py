import asyncio
print("never: asyncio imports a module that this script is called like", asyncio)
