def total():
    import numpy
    return numpy.ones(3).sum()


print(total())
