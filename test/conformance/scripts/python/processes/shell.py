import os
print(os.system("echo sub; exit 3"), flush=True)
