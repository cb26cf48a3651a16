import multiprocessing
import time


def late():
    time.sleep(0.3)
    with open("output/late.txt", "w") as out:
        out.write("late")


if __name__ == "__main__":
    multiprocessing.Process(target=late).start()
    print("main done")
