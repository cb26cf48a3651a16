import subprocess
print("before", flush=True)
subprocess.run(["echo", "from a child"])
print("after")
