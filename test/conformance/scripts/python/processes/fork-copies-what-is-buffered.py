import os
print("printed once, written twice")
if os.fork():
    os.wait()
