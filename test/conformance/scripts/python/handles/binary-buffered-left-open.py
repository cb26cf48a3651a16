import io
out = io.BufferedWriter(io.FileIO("output/a.bin", "wb"))
out.write(b"\x00\x01\x02")
