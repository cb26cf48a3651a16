import os
os.makedirs("output/deep/er/and/er")
open("output/deep/er/and/er/f.txt", "w").write("1")
