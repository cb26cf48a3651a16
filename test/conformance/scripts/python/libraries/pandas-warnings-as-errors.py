import warnings
warnings.simplefilter("error")
import pandas as pd
print(pd.DataFrame({"a": [1]}).shape)
