import atexit
import json


def put():
    with open("output/result.json", "w") as out:
        json.dump({"at": "exit"}, out)


atexit.register(put)
