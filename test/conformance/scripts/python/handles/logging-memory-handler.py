import logging
import logging.handlers
target = logging.FileHandler("output/run.log")
handler = logging.handlers.MemoryHandler(1000, target=target)
logging.getLogger().addHandler(handler)
logging.getLogger().warning("kept until the end")
