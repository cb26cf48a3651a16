import time
from concurrent.futures import ThreadPoolExecutor


def job(i):
    time.sleep(0.2)
    with open("output/part-%d.csv" % i, "w") as out:
        out.write(str(i))


pool = ThreadPoolExecutor(4)
for number in range(8):
    pool.submit(job, number)
