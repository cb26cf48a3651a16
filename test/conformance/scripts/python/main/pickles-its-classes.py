import pickle


class Kept:
    pass


print(type(pickle.loads(pickle.dumps(Kept()))) is Kept)
