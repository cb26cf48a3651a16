import multiprocessing


def add(value):
    with value.get_lock():
        value.value += 5


if __name__ == "__main__":
    shared = multiprocessing.Value("i", 1)
    child = multiprocessing.Process(target=add, args=(shared,))
    child.start()
    child.join()
    print(shared.value)
