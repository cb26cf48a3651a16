line = "x" * 99
for _ in range(180_000):
    print(line)
