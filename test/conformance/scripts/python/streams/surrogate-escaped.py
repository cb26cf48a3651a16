import sys
sys.stdout.reconfigure(errors="surrogateescape")
print("caf\udce9 end")
