import os
print("buffered")
os.write(1, b"at once\n")
