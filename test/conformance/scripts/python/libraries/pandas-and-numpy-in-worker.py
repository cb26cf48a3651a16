from multiprocessing import Pool
import numpy as np


def total(n):
    return int(np.arange(n).sum())


if __name__ == "__main__":
    with Pool(1) as pool:
        print(pool.map(total, [3, 4]))
