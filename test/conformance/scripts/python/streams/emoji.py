print("😀 été 日本語")
