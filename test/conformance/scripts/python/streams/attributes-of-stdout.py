import sys
print(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.name, sys.stdout.mode)
print(sys.stderr.encoding, sys.stderr.errors, sys.stderr.line_buffering, sys.stderr.name)
