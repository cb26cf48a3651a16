import threading
import time


def late():
    time.sleep(0.5)
    with open("output/late.txt", "w") as out:
        out.write("late")
    print("late")


threading.Thread(target=late).start()
print("main done")
