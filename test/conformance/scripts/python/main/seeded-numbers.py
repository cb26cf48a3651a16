import random
random.seed(7)
print([random.randrange(100) for _ in range(5)])
