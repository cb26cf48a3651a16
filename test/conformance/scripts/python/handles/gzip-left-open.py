import gzip
out = gzip.GzipFile("output/a.gz", "wb", mtime=0)
out.write(b"hello" * 1000)
