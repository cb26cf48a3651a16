import random
print(len({random.random() for _ in range(5)}))
