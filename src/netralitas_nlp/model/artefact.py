"""Models on disk: one JSON file and one array file, plain numbers, no code.

The format number changes when a reader of the old number could not read the new files or would
read them wrongly; adding an optional JSON key does not change it. Readers of older numbers stay.

Format 1 knew no context reader. Format 2 may hold one, whose arrays are there together or not at
all; a file of format 1 is read as one of format 2 without it. Format 3 may keep names as they are
written and read long texts whole (``features.names``); without that key it is format 2. Format 4
is that of another kind of model, the encoder (`netralitas_nlp.model.careful_artefact`). Format 5
holds a context reader of another build, with a layer behind its filters; without one a model is
still written as format 3.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netralitas_nlp.model.errors import ArtefactError

__all__ = [
    "FORMAT",
    "check_output",
    "put_in_place",
    "read_arrays",
    "read_artefact",
    "read_facts",
    "read_part",
    "write_artefact",
    "write_parts",
]

FORMAT = 5
"""Number of the newest format, that of models with a context reader."""

_JSON = "model.json"
_ARRAYS = "weights.npz"
_DTYPES = {
    "words": "|u1", "grams": "|u1", "pairs": "<i8", "word_idf": "<f4", "gram_idf": "<f4",
    "pair_idf": "<f4", "coef": "<f4", "intercept": "<f8", "cue_words": "|u1", "cue_masks": "<u8",
    "phrase_words": "|u1", "phrase_codes": "<i8", "phrase_masks": "<u8", "phrase_sizes": "<i8",
}  # fmt: skip
OLDER_CONTEXT = {
    "context_words": "|i1", "context_classes": "|i1", "context_filters": "|i1",
    "context_bias": "<i4", "context_largest": "<i2", "context_mean": "<i2",
    "context_scale": "<f8", "context_offset": "<f8",
}  # fmt: skip
"""Optional arrays of formats 2 and 3: those of a context reader, all of them or none."""
CONTEXT = {
    "context_words": "|i1", "context_classes": "|i1", "context_filters": "|i1",
    "context_bias": "<i4", "context_gain": "<f4", "context_hidden": "|i1",
    "context_hidden_bias": "<i4", "context_heads": "<i2", "context_scale": "<f8",
    "context_offset": "<f8",
}  # fmt: skip
"""The same of format 5."""
_ALL = _DTYPES | CONTEXT
_OLDER = _DTYPES | OLDER_CONTEXT
_TABLES = {"coef", "context_words", "context_classes", "context_filters", "context_hidden",
           "context_heads"}  # fmt: skip
_OLDER_TABLES = {*_TABLES, "context_largest", "context_mean", "context_scale"}
_READABLE = {
    1: (_DTYPES, _TABLES),
    2: (_OLDER, _OLDER_TABLES),
    3: (_OLDER, _OLDER_TABLES),
    5: (_ALL, _TABLES),
}
# whatever numpy's header reader raises on headers that it did not write
_BAD_HEADER = (
    ValueError, TypeError, SyntaxError, tokenize.TokenError, MemoryError, RecursionError,
)  # fmt: skip
_MOST_BYTES = 128 * 2**20
_MOST_RATIO = 100  # numbers shrink to a tenth at best; what shrinks more is a bomb
_LARGEST = 1e9  # no weight of a model comes near, and no product of two overflows
_MOST_JSON = 2**19  # as lists of nothing it takes 25 times as much
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


def write_artefact(
    path: str | os.PathLike[str],
    meta: dict[str, Any],
    arrays: dict[str, npt.NDArray[Any]],
    *,
    force: bool = False,
) -> str:
    """Write a model folder; the same numbers give the same bytes.

    Parameters
    ----------
    path : path-like
        Folder to make.
    meta : dict
        JSON-ready description; format number and checksums are added.
    arrays : dict of str to ndarray
        The arrays of the format.
    force : bool, default=False
        Replace a model that stands there already; other files beside it, its card, stay.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    FileExistsError
        If something stands there that may not be replaced, see `check_output`.
    """
    number = FORMAT if set(arrays) == set(_ALL) else 3
    dtypes = _READABLE[number][0]
    if set(arrays) not in (set(_DTYPES), set(dtypes)):
        raise ValueError(f"arrays must be {sorted(_DTYPES)}, got {sorted(arrays)}")
    buffer = io.BytesIO()
    parts: dict[str, Any] = {name: arrays[name].astype(dtypes[name]) for name in sorted(arrays)}
    np.savez(buffer, **parts)
    return write_parts(path, meta | {"format": number}, {_ARRAYS: buffer.getvalue()}, force=force)


def check_output(output: str | os.PathLike[str], force: bool) -> None:
    """Refuse to write a model where none may be written.

    Parameters
    ----------
    output : path-like
    force : bool
        Whether a model that stands there may be replaced.

    Raises
    ------
    FileExistsError
        If something stands there and `force` is false, or if it is no model.
    """
    if not os.path.exists(output):
        return
    if not force:
        raise FileExistsError(f"{output} exists already; use another name or force (--force)")
    empty = os.path.isdir(output) and not os.listdir(output)
    if not empty and not os.path.exists(os.path.join(output, _JSON)):
        raise FileExistsError(f"{output} is there and is no model; use another name")


def put_in_place(made: str, target: str) -> None:
    """Move a finished folder to its place; what else stands there comes along.

    Parameters
    ----------
    made : str
        Folder in a scratch folder of the same file system.
    target : str
        Where it goes. A folder that stands there is back if anything fails.
    """
    import shutil

    old = made + ".old"
    try:
        if os.path.isdir(target):
            for extra in os.scandir(target):
                kept = os.path.join(made, extra.name)
                if os.path.exists(kept):
                    continue
                if extra.is_dir():
                    shutil.copytree(extra.path, kept)
                else:
                    shutil.copy2(extra.path, kept)
            os.rename(target, old)
        os.rename(made, target)
    except BaseException:
        if os.path.isdir(old) and not os.path.exists(target):
            os.rename(old, target)
        raise


def write_parts(
    path: str | os.PathLike[str],
    meta: Mapping[str, Any],
    parts: Mapping[str, bytes],
    *,
    force: bool = False,
) -> str:
    """Write the files of a model into a folder, all of them or none.

    Parameters
    ----------
    path : path-like
        Folder to make.
    meta : mapping
        With the format number; checksums are added.
    parts : mapping of str to bytes
        Content of the files beside ``model.json``.
    force : bool, default=False
        Replace a model that stands there already; other files beside it stay.

    Returns
    -------
    str
        The folder.

    Raises
    ------
    FileExistsError
        If something stands there that may not be replaced, see `check_output`.
    """
    import shutil  # writing is rare; loading must be quick
    import tempfile

    check_output(path, force)
    target = os.path.abspath(path)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    text = json.dumps({**meta, "sha256": sums}, indent=2, sort_keys=True, ensure_ascii=False)
    files = {**parts, _JSON: (text + "\n").encode("utf-8")}
    parent, name = os.path.split(target)
    os.makedirs(parent, exist_ok=True)
    # written beside the target and renamed, so that an interruption leaves no half model
    scratch = tempfile.mkdtemp(prefix=f".{name}-", dir=parent)
    try:
        made = os.path.join(scratch, "model")
        os.mkdir(made)
        for part, data in files.items():
            with open(os.path.join(made, part), "wb") as file:
                file.write(data)
        put_in_place(made, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def read_artefact(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a model folder, or one zip file of it, and check it before anything is used.

    Parameters
    ----------
    path : path-like
        Folder or zip file.

    Returns
    -------
    meta : dict
    arrays : dict of str to ndarray

    Raises
    ------
    ArtefactError
        If a part is missing, damaged, altered, too large, of an unknown format or not finite.
    """
    source = os.fspath(path)
    meta = read_facts(source)
    if type(meta.get("format")) is not int or meta["format"] not in _READABLE:
        raise ArtefactError(
            f"{source}: format {meta.get('format')!r} is not readable by this version, which reads "
            f"formats {', '.join(map(str, _READABLE))} here; upgrade netralitas-nlp or train the "
            "model again"
        )
    data = read_part(source, meta, _ARRAYS, _MOST_BYTES)
    dtypes, tables = _READABLE[meta["format"]]
    arrays = read_arrays(source, _ARRAYS, data, dtypes, tables)
    wanted = dtypes if set(arrays) - set(_DTYPES) else _DTYPES
    missing = sorted(set(wanted) - set(arrays))
    if missing:
        raise ArtefactError(f"{source}: {_ARRAYS} lacks {', '.join(missing)}")
    return meta, arrays


def read_facts(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read ``model.json`` of a folder or zip file; its content is not checked.

    Raises
    ------
    ArtefactError
        If it is missing, too large or no JSON object.
    """
    source = os.fspath(path)
    try:
        meta = json.loads(_file(source, _JSON, _MOST_JSON).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError(f"{source}: {_JSON} is not valid JSON ({error})") from None
    if not isinstance(meta, dict):
        raise ArtefactError(f"{source}: {_JSON} does not hold an object")
    return meta


def read_part(source: str, meta: Mapping[str, Any], name: str, most: int) -> bytes:
    """Read one file of a model and hold it to its checksum.

    Parameters
    ----------
    source : str
        Folder or zip file.
    meta : mapping
        The content of ``model.json``.
    name : str
    most : int
        Bytes it may have.

    Returns
    -------
    bytes

    Raises
    ------
    ArtefactError
        If it is missing, too large, damaged or altered.
    """
    data = _file(source, name, most)
    sums = meta.get("sha256")
    expected = sums.get(name) if isinstance(sums, dict) else None
    if hashlib.sha256(data).hexdigest() != expected:
        raise ArtefactError(f"{source}: {name} was altered or damaged (sha256 differs)")
    return data


def _file(source: str, name: str, most: int) -> bytes:
    if not os.path.isdir(source):
        return _from_zip(source, name, most)
    file = os.path.join(source, name)
    if not os.path.isfile(file):
        raise ArtefactError(f"{source}: {name} is missing; this is no model folder")
    if os.path.getsize(file) > most:
        raise ArtefactError(f"{source}: {name} is larger than {most:,} bytes")
    try:
        with open(file, "rb") as handle:
            return handle.read()
    except OSError as error:
        raise ArtefactError(f"{source}: {name} cannot be read ({error.strerror})") from None


def _from_zip(source: str, name: str, most: int) -> bytes:
    if not os.path.isfile(source):  # a pipe or a device would be waited for without end
        raise ArtefactError(f"{source}: neither a model folder nor a zip of one (no plain file)")
    try:
        with zipfile.ZipFile(source) as archive:
            members = {info.filename.rpartition("/")[2]: info for info in archive.infolist()}
            info = members.get(name)
            if info is None:
                raise ArtefactError(f"{source}: {name} is missing; this is no model file")
            if info.file_size > most:
                raise ArtefactError(f"{source}: {name} is larger than {most:,} bytes")
            if info.file_size > _MOST_RATIO * max(info.compress_size, 1024):
                raise ArtefactError(f"{source}: {name} is packed suspiciously tight")
            with archive.open(info) as file:
                # no more than it says of itself, whatever comes out of it
                return file.read(info.file_size)
    except (*_BAD_ZIP, OSError) as error:
        raise ArtefactError(
            f"{source}: neither a model folder nor a zip of one ({error})"
        ) from None


def read_arrays(
    source: str, part: str, data: bytes, dtypes: Mapping[str, str], tables: Collection[str] = ()
) -> dict[str, npt.NDArray[Any]]:
    """Read plain arrays from the bytes of an uncompressed ``.npz`` file.

    Parameters
    ----------
    source, part : str
        Model and file, for messages.
    data : bytes
    dtypes : mapping of str to str
        Names that may stand there, and the type of each.
    tables : collection of str
        Those of two dimensions; the others have one.

    Returns
    -------
    dict of str to ndarray
        Views of `data`; some names may be missing.

    Raises
    ------
    ArtefactError
        If anything else stands there, or numbers are not finite or absurdly large.
    """
    out: dict[str, npt.NDArray[Any]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if name in out:
                    raise ArtefactError(f"{source}: part {info.filename!r} stands there twice")
                if name not in dtypes or info.compress_type != zipfile.ZIP_STORED:
                    raise ArtefactError(f"{source}: unexpected part {info.filename!r}")
                dimensions = 2 if name in tables else 1
                out[name] = _array(source, name, archive.read(info), dtypes[name], dimensions)
    except _BAD_ZIP as error:
        raise ArtefactError(f"{source}: {part} is damaged ({error})") from None
    return out


def _array(source: str, name: str, data: bytes, wanted: str, dimensions: int) -> npt.NDArray[Any]:
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"array format {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except _BAD_HEADER as error:
        reason = str(error).partition("\n")[0]
        raise ArtefactError(f"{source}: array {name!r} is unreadable ({reason})") from None
    size = len(data) - stream.tell()
    if len(shape) != dimensions or any(type(length) is not int or length < 0 for length in shape):
        raise ArtefactError(f"{source}: array {name!r} has shape {shape}")
    if dtype.str != wanted or fortran or math.prod(shape) * dtype.itemsize != size:
        raise ArtefactError(f"{source}: array {name!r} has dtype {dtype} and shape {shape}")
    array = np.frombuffer(data, dtype=dtype, offset=stream.tell()).reshape(shape)
    # a comparison with NaN is false, too, and both ends of NaN are NaN
    if dtype.kind == "f" and size and not -_LARGEST <= array.min() <= array.max() <= _LARGEST:
        raise ArtefactError(
            f"{source}: array {name!r} holds numbers that are not finite or absurdly large"
        )
    return array
