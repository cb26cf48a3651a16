import sys


def f(n):
    return f(n - 1) if n else 1 / 0


sys.tracebacklimit = 2
f(5)
