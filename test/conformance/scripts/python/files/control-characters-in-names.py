for name in ["new\nline.csv", "tab\t.csv", "trail "]:
    open("output/" + name, "w").write("x")
