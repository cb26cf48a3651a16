import sys
print(list(sys.stdin), sys.stdin.isatty(), sys.stdout.isatty())
