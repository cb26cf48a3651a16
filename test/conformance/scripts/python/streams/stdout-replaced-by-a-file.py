import sys
sys.stdout = open("output/printed.txt", "w")
print("into a file")
