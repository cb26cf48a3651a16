import os
descriptor = os.open("output/raw.txt", os.O_WRONLY | os.O_CREAT)
os.write(descriptor, b"raw")
