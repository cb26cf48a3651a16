def lines():
    with open("output/lines.txt", "w") as out:
        out.write("first\n")
        yield 1
        out.write("second\n")
        yield 2


kept = lines()
next(kept)
