import csv
table = csv.writer(open("output/w.csv", "w", newline=""))
table.writerow(["a", "b"])
table.writerow([1, 2])
