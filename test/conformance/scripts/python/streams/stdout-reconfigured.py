import sys
sys.stdout.reconfigure(encoding="cp949")
print("가나다")
