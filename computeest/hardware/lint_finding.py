"""One thing the lint has to say about the hardware database: how grave, where, what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that findings can point at."""

    file: str
    line: int
    path: str = ""
    #: The chip, family or system it is in.
    owner: str | None = None

    @property
    def where(self) -> str:
        """The place in words: file, line and the path of keys."""
        return f"{self.file}:{self.line}: {self.path}" if self.path else f"{self.file}:{self.line}"

    def at(self, key: str, line: int) -> Spot:
        """The place of a key below this one."""
        return Spot(self.file, line, f"{self.path}.{key}" if self.path else key, self.owner)

    def error(self, code: str, message: str) -> Finding:
        """What must be put right here."""
        return Finding("error", code, self, message)

    def warning(self, code: str, message: str) -> Finding:
        """What looks wrong here."""
        return Finding("warning", code, self, message)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or looks wrong, with one value."""

    level: Level
    #: A short name of the check.
    code: str
    spot: Spot
    message: str

    @property
    def where(self) -> str:
        """The place in words: `nvidia.yaml:12: nvidia-k80.peak.fp32`."""
        return self.spot.where

    @property
    def subject(self) -> str:
        """The chip, family or system it is about; empty for a whole file."""
        return self.spot.owner or ""

    @property
    def excuses(self) -> tuple[str, str]:
        """What `lint-ok` may call it: the check, or the check at this field only, `matrix-rate.int4`."""
        return self.code, f"{self.code}.{self.spot.path.rpartition('.')[2]}"

    def __str__(self) -> str:
        return f"{self.where}: {self.level}: {self.message} [{self.code}]"
