bytearray(10**15)
