import tempfile
kept = tempfile.NamedTemporaryFile(dir="output", suffix=".txt")
kept.write(b"gone with its object")
