import tempfile
kept = tempfile.TemporaryDirectory(dir="output")
open(kept.name + "/a.txt", "w").close()
