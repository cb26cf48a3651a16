out = open("output/part.txt", "w")
out.write("half")
raise ValueError("then this")
