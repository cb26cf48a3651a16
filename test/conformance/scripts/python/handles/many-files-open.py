kept = [open("output/%03d.txt" % i, "w") for i in range(200)]
for i, out in enumerate(kept):
    out.write(str(i))
