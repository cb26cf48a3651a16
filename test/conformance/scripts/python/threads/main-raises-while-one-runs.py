import threading
import time


def late():
    time.sleep(0.3)
    with open("output/late.txt", "w") as out:
        out.write("late")


threading.Thread(target=late).start()
raise ValueError("in main")
