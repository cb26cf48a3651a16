import os
out = open("output/table.csv", "w")
out.write("a,b\n")
os._exit(0)
