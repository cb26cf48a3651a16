def log(text, out=open("output/log.txt", "w")):
    out.write(text)


log("line\n")
