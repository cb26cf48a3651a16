import atexit
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def save(i):
    time.sleep(0.2)
    with open("output/%d.txt" % i, "w") as out:
        out.write(str(i))


pool = ThreadPoolExecutor(2)
for number in range(4):
    pool.submit(save, number)
threading.Thread(target=save, args=(9,)).start()
atexit.register(lambda: open("output/atexit.txt", "w").write("x"))
