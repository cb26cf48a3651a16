import weakref


class Kept:
    pass


def write():
    with open("output/finalized.txt", "w") as out:
        out.write("finalized")


kept = Kept()
weakref.finalize(kept, write)
