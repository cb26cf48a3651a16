for i in range(1001):
    open("output/%04d.txt" % i, "w").write("x")
