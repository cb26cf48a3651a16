def f():
print("no")
