def a():
    b()


def b():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise KeyError("한글 오류") from error


a()
