import atexit
atexit.register(lambda: 1 / 0)
atexit.register(print, "first")
