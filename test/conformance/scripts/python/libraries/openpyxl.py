import openpyxl
book = openpyxl.Workbook()
book.active["A1"] = 5
print(book.active["A1"].value)
