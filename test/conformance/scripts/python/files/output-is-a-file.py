import os
os.rmdir("output")
open("output", "w").write("x")
