"""Open files: one opened for reading is opened again at its position; a closed one stays a closed one."""

import io
import os
import pickle


def reduce_file(file):
    name = getattr(file, "name", None)
    if not isinstance(name, (str, bytes, os.PathLike)):
        raise pickle.PicklingError("an open file without a path cannot be kept")
    mode = getattr(file, "mode", "r")
    text = isinstance(file, io.TextIOBase)
    if file.closed:
        return closed_file, (os.fspath(name), mode, text)
    if file.writable():
        raise pickle.PicklingError(f"the file {name!r} is open for writing")
    path = os.path.abspath(os.fspath(name))
    how = {"encoding": file.encoding, "errors": file.errors} if text else {}
    return open_file, (path, "r" if text else "rb", file.tell(), how)


def open_file(path, mode, position, how):
    file = open(path, mode, **how)
    file.seek(position)
    return file


def closed_file(name, mode, text):
    raw = io.FileIO(os.devnull)
    raw.name = name
    file = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8") if text else io.BufferedReader(raw)
    if text:
        file.mode = mode
    file.close()
    return file


FILE_TYPES = (io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO)
