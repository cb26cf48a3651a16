import multiprocessing


def put(queue):
    queue.put("from the child")


if __name__ == "__main__":
    queue = multiprocessing.Queue()
    child = multiprocessing.Process(target=put, args=(queue,))
    child.start()
    print(queue.get())
    child.join()
