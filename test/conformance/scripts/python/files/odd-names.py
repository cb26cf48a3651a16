for name in ["매출 표.csv", "a#b.csv", "100%.csv", "a+b&c.csv", "quote'\".csv", ".hidden", "back\\slash.csv", "emoji😀.png", "%41.csv"]:
    open("output/" + name, "w").write(name)
