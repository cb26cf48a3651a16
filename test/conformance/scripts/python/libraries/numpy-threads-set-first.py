import os
os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
print((np.ones((200, 200)) @ np.ones((200, 200))).sum())
