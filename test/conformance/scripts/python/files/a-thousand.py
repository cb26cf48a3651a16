for i in range(1000):
    open("output/%04d.txt" % i, "w").write("x")
