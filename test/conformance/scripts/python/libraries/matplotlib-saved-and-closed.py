import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.savefig("output/chart.png", metadata={"Software": None})
plt.close()
