with open("output/sparse.bin", "wb") as out:
    out.truncate(1_000_000)
