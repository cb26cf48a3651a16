import os
open("output/a.txt", "w").write("x")
os.link("output/a.txt", "output/b.txt")
