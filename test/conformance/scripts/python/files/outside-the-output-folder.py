open("beside.txt", "w").write("x")
