import sys


def hook(kind, error, trace):
    print("hook:", kind.__name__, error)


sys.excepthook = hook
raise ValueError("to the hook")
