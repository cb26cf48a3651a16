import os
os.write(1, b"fd1\n")
os.write(2, b"fd2\n")
