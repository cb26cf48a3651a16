for i in range(16384):
    print("%063d" % i)
