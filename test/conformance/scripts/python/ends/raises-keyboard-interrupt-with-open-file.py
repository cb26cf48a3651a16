out = open("output/a.txt", "w")
out.write("kept")
raise KeyboardInterrupt("stop")
