import os
import sys
child = os.fork()
name = "child" if child == 0 else "parent"
with open("output/%s.txt" % name, "w") as out:
    out.write("x")
if child:
    print("child ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
