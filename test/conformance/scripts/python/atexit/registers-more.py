import atexit


def more():
    atexit.register(print, "more")
    print("first")


atexit.register(more)
