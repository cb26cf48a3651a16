import os
print("this is lost, as Python loses it")
os._exit(0)
