import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--x", default=1)
print(parser.parse_args())
