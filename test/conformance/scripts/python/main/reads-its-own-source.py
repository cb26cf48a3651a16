import inspect


def square(x):
    return x * x


print(inspect.getsource(square))
