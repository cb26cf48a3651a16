import matplotlib.pyplot as plt
plt.title("월별 매출")
