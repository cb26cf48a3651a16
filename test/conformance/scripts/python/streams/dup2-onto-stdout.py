import os
descriptor = os.open("output/all.txt", os.O_WRONLY | os.O_CREAT)
os.dup2(descriptor, 1)
print("into a file")
