import sys
sys.stdout.buffer.write(b"ok \xff\xfe \x00 nul \x1b[31mred\x1b[0m\r100%\n")
