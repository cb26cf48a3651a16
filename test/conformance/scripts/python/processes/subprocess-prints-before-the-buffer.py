import subprocess
print("buffered")
subprocess.run(["echo", "from a child"])
