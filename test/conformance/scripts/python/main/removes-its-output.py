import shutil
shutil.rmtree("output")
