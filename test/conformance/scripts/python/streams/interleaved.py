import sys
for i in range(3):
    print("out", i, flush=True)
    print("err", i, file=sys.stderr)
