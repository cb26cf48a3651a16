import os
print(sorted(os.listdir(".")), os.listdir("output"))
