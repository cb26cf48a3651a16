open("output/result.json", "w").write('"x"')
