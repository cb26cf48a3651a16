import sys
sys.stderr = None
raise ValueError("told to nobody")
