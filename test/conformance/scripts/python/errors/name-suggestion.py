length = 1
print(lenght)
