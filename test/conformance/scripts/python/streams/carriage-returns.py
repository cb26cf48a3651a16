for i in range(0, 101, 50):
    print("progress %d%%" % i, end="\r")
