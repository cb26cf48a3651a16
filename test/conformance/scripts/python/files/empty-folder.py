import os
os.mkdir("output/empty")
