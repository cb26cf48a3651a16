import pandas as pd
pd.DataFrame({"a": range(3), "b": ["가"] * 3}).to_csv("output/t.csv", index=False)
