open(b"output/caf\xe9.csv", "w").write("x")
