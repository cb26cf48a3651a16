import threading
import time


def late():
    time.sleep(5)
    print("never")


threading.Thread(target=late, daemon=True).start()
print("main done")
