import mmap
with open("output/m.bin", "wb") as out:
    out.write(b"\0" * 100)
handle = open("output/m.bin", "r+b")
mapped = mmap.mmap(handle.fileno(), 0)
mapped[:5] = b"hello"
