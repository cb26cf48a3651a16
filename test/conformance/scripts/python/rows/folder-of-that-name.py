import os
os.mkdir("output/result.json")
