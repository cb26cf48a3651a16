import numpy as np
print((np.ones((300, 300)) @ np.ones((300, 300))).sum())
