open("output/result.json", "w").write('{"a":' * 200 + "1" + "}" * 200)
