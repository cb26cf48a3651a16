class Log:
    out = open("output/log.txt", "w")


Log.out.write("line\n")
