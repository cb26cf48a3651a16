import subprocess
import sys
subprocess.run([sys.executable, "-c", "import sys; print(sys.argv, sys.flags.isolated)"])
