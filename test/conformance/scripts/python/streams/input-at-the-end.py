input("name? ")
