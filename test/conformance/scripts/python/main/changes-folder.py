import os
os.makedirs("elsewhere")
os.chdir("elsewhere")
with open("../output/a.txt", "w") as out:
    out.write("from elsewhere")
