import os
os.rmdir("output")
os.mkdir("other")
os.symlink("other", "output")
open("output/a.txt", "w").write("x")
