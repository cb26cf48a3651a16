from multiprocessing import Pool


def fail(x):
    raise ValueError("in a worker")


if __name__ == "__main__":
    with Pool(1) as pool:
        try:
            pool.map(fail, [1])
        except ValueError as error:
            print("caught", error)
