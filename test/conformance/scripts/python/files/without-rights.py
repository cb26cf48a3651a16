import os
open("output/secret.txt", "w").write("x")
os.chmod("output/secret.txt", 0)
