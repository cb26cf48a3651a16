import os
print(os.popen("echo hello").read())
