import json


def main():
    with open("output/result.json", "w") as out:
        json.dump({"name": __name__, "spec": __spec__, "package": __package__}, out)


if __name__ == "__main__":
    main()
