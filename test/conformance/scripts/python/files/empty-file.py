open("output/empty.txt", "w").close()
