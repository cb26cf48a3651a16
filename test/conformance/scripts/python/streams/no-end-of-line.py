print("no end of line", end="")
