import dbm.dumb
base = dbm.dumb.open("output/base", "c")
base["a"] = "1"
