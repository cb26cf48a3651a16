def numbers():
    raise StopIteration
    yield


list(numbers())
