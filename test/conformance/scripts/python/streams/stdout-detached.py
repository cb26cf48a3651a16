import sys
raw = sys.stdout.detach()
raw.write(b"through the raw one\n")
raw.flush()
