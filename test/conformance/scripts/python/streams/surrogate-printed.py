print("caf\udce9 end")
