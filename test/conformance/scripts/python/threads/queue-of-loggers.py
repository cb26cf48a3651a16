import logging
import logging.handlers
import queue
waiting = queue.Queue()
listener = logging.handlers.QueueListener(waiting, logging.FileHandler("output/run.log"))
listener.start()
logging.getLogger().addHandler(logging.handlers.QueueHandler(waiting))
logging.getLogger().warning("through a queue")
listener.stop()
