import zipfile
archive = zipfile.ZipFile("output/a.zip", "w")
archive.writestr(zipfile.ZipInfo("x.txt", (2020, 1, 1, 0, 0, 0)), "hello")
