import os
os.closerange(3, 1024)
with open("output/a.txt", "w") as out:
    out.write("after")
raise ValueError("told all the same")
