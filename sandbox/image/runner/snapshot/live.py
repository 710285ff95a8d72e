"""Objects of the running worker that variables may refer to, by name: never saved, found again on restoring."""

_objects = {}


def set_live(objects):
    _objects.clear()
    _objects.update(objects)


def live(name):
    """The running worker's object of this name."""
    return _objects[name]


class Token:
    """Stands for a live object in the stream."""

    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return live, (self.name,)
