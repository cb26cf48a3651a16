import os
os.symlink("/etc/passwd", "output/link")
os.symlink("loop", "output/loop")
os.mkfifo("output/pipe")
