import sys
sys.exit("이번 달에는 행이 없습니다")
