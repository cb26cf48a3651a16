import pandas as pd
pd.DataFrame.kept = open("output/x.txt", "w")
pd.DataFrame.kept.write("on a class of a library")
