import io
import zipfile
archive = zipfile.ZipFile("output/a.zip", "w")
member = archive.open(zipfile.ZipInfo("a.txt", (2020, 1, 1, 0, 0, 0)), "w")
text = io.TextIOWrapper(member)
text.write("line\n")
