import atexit
atexit.register(print, "still called")
raise ValueError("first this")
