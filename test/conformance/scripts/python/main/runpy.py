import runpy
with open("part.py", "w") as out:
    out.write("print(__name__)")
runpy.run_path("part.py", run_name="part")
