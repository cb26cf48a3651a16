import sys
sys.kept = open("output/kept.txt", "w")
sys.kept.write("in sys")
