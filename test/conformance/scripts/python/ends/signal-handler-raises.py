import os
import signal


def handle(number, frame):
    raise RuntimeError("from the handler")


signal.signal(signal.SIGUSR1, handle)
os.kill(os.getpid(), signal.SIGUSR1)
