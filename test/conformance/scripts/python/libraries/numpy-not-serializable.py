import json
import numpy as np
json.dump({"n": np.int64(5)}, open("output/result.json", "w"))
