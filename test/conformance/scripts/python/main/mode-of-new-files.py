import os
open("output/a.txt", "w").close()
print(oct(os.stat("output/a.txt").st_mode), oct(os.umask(0)))
