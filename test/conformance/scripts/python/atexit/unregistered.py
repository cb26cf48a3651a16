import atexit


def call():
    print("called")


atexit.register(call)
atexit.unregister(call)
