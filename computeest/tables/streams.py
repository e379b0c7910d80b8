"""Files as bytes, whatever they are compressed with."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from computeest.problems import Fault, InputError, Problem
from computeest.problems import files as wrong

#: What a file is compressed with, by the end of its name.
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
#: What is said of bytes that are no UTF-8.
NOT_UTF8 = "some bytes are not UTF-8 and were read as Windows-1252"
#: How much is read at a time.
BLOCK = 1 << 20
#: Bytes that a compressed file may become, and how many of each of its own: tables become 3 to 40.
FEW_BYTES, BYTES_A_BYTE = 1 << 26, 100


def plain_suffix(name: str) -> tuple[str, str]:
    """The ending that says the format, and the one that says the compression: 'a.csv.gz' is '.csv' and '.gz'."""
    path = Path(name.lower())
    if path.suffix in COMPRESSIONS:
        return Path(path.stem).suffix, path.suffix
    return path.suffix, ""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed; InputError says why they cannot be read."""
    try:
        with _decompressed(path) as stream:
            yield stream
    except FileNotFoundError:
        raise unreadable(path, wrong.TABLE_MISSING()) from None
    except (OSError, EOFError) as error:
        raise unreadable(path, wrong.TABLE_UNREADABLE(error=_reason(error))) from None


def _of_packing() -> tuple[type[Exception], ...]:
    """What broken bytes raise besides OSError and EOFError: each way of packing has errors of its own."""
    import lzma
    import zlib

    import pyarrow as pa

    return zlib.error, lzma.LZMAError, pa.ArrowException


class _Unpacked(io.RawIOBase):
    """What a compressed file becomes, as far as a table would."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path, self._size = stream, path, path.stat().st_size
        self._room = max(FEW_BYTES, BYTES_A_BYTE * self._size)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some of the bytes; InputError where they are more than those of a table."""
        try:
            data = self._stream.read(len(buffer))
        except _of_packing() as error:
            raise OSError(str(error)) from None
        buffer[:len(data)] = data
        self._room -= len(data)
        if self._room < 0:
            raise unreadable(self._path, wrong.UNPACKS_TO_TOO_MUCH(bytes=self._size, most=BYTES_A_BYTE))
        return len(data)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()


def _decompressed(path: Path) -> IO[bytes]:
    compression = plain_suffix(path.name)[1]
    return io.BufferedReader(_Unpacked(_stream(path, compression), path), BLOCK) if compression else path.open("rb")


def _stream(path: Path, compression: str) -> IO[bytes]:
    if compression == ".gz":
        import gzip

        return gzip.open(path, "rb")  # type: ignore[return-value]
    if compression == ".bz2":
        import bz2

        return bz2.open(path, "rb")
    if compression == ".xz":
        import lzma

        return lzma.open(path, "rb")
    import pyarrow as pa

    return io.BufferedReader(pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text[:200].strip().rstrip(".").lower()


def unreadable(path: Path | str, fault: Fault) -> InputError:
    """The error of a file that cannot be read."""
    return InputError([Problem(str(path), 0, "", fault)])


def blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks of UTF-8 (or of whatever one-byte encoding it is in), without a byte order mark."""
    with opened(path) as stream:
        first = stream.read(BLOCK)
        encoding, mark = two_bytes(first)
        if not encoding:
            yield first.removeprefix(codecs.BOM_UTF8)
            while block := stream.read(BLOCK):
                yield block
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        block = first[mark:]
        while block:
            yield decoder.decode(block).encode("utf-8")
            block = stream.read(BLOCK)
        yield decoder.decode(b"", final=True).encode("utf-8")


#: Bytes in which it shows that each second one is nothing, and the share of those that are.
_SHOWN, _NOTHING = 1 << 12, 0.4


def two_bytes(first: bytes) -> tuple[str, int]:
    """In which order a file's letters are of two bytes, '' where they are not, and the bytes of its mark.

    Without a mark by its letters of English: each has a byte that is nothing, which no text of one byte holds.
    """
    for known, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if first.startswith(known):
            return name, len(known)
    some = first[:_SHOWN]
    front, behind = some[::2].count(0), some[1::2].count(0)
    enough = _NOTHING * (len(some) // 2)
    return ("utf-16-le" if behind > enough and not front else "utf-16-be" if front > enough and not behind else ""), 0


def compressed(data: bytes, compression: str) -> bytes:
    """Bytes as one frame of the compression; frames put after one another decompress to the whole."""
    if compression == ".gz":
        import gzip

        return gzip.compress(data, 6, mtime=0)
    if compression == ".bz2":
        import bz2

        return bz2.compress(data)
    if compression == ".xz":
        import lzma

        return lzma.compress(data)
    if compression == ".zst":
        import pyarrow as pa

        return bytes(pa.compress(data, "zstd", asbytes=True)) if data else b""
    return data


def spooled(text: str, into: Path) -> Path:
    """Standard input ('-'), or another stream that the shell handed over, kept in a file: tables are read twice."""
    import shutil

    try:
        with into.open("wb") as file:
            if text == "-":
                shutil.copyfileobj(sys.stdin.buffer, file, BLOCK)
            else:
                with Path(text).open("rb") as stream:
                    shutil.copyfileobj(stream, file, BLOCK)
    except OSError as error:
        name = "standard input" if text == "-" else text
        raise unreadable(name, wrong.INPUT_NOT_KEPT(error=_reason(error))) from None
    return into


def _cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start:error.end]
    return "".join(_letter(byte) for byte in bad), error.end


def _letter(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("computeest-cp1252", _cp1252)


def as_utf8(data: bytes) -> tuple[bytes, bool]:
    """The bytes as UTF-8, and whether some were not: those are taken for Windows-1252."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "computeest-cp1252").encode("utf-8"), True
    return data, False
