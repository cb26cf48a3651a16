from __future__ import annotations


def f(x: no_such_type) -> None:
    print("fine")


f(1)
