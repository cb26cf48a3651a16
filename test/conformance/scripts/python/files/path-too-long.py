import os
folder = "output/" + "/".join("x" * 200 for _ in range(6))
os.makedirs(folder)
open(folder + "/f.csv", "w").write("1")
