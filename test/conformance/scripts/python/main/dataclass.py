import dataclasses


@dataclasses.dataclass
class Point:
    x: int = 1


print(dataclasses.asdict(Point()))
