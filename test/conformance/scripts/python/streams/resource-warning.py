import warnings
warnings.simplefilter("always")
open("item.json")
