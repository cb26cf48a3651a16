import gc


class Odd:
    def __del__(self):
        raise ValueError("unraisable")


Odd()
gc.collect()
print("went on")
