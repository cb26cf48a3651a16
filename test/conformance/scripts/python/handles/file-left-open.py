out = open("output/table.csv", "w")
out.write("a,b\n1,2\n")
