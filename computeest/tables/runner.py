"""A whole table annotated: read in pieces, estimated wherever told, written in order, whole or not at all."""

from __future__ import annotations

import gc
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from computeest.facts import experts_said, table_runs
from computeest.pipeline import Options
from computeest.records.wanted import ALL, Wanted
from computeest.schema import SCHEMA_VERSION
from computeest.schema.column_map import ColumnMap
from computeest.tables import base_model_pass, outputs, work_directory, workers
from computeest.tables.annotator import Done, Work
from computeest.tables.bar import Progress
from computeest.tables.delimited import Delimited
from computeest.tables.format import Assembly
from computeest.tables.inputs import source as source_of
from computeest.tables.papers import Papers
from computeest.tables.parquet import Dataset
from computeest.tables.source import CHUNK, Piece, Source
from computeest.tables.summary import Summary
from computeest.text.files import OutputError, refuse_inputs, resolved, standard_output, visible
from computeest.version import __version__, hardware_db

#: What the file in the making is called.
_DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asks for."""

    table: str
    #: A path, a URL of a directory, or '-' for standard output.
    out: str
    options: Options
    columns: Path | None = None
    input_format: str = ""
    output_format: str = ""
    records_only: bool = False
    resume: bool = False
    jobs: int = 1
    cluster: str = ""
    chunk: int = CHUNK
    wanted: Wanted = ALL


def run(request: Request, progress: Progress, say: Callable[[str], None]) -> Summary:
    """Annotate the table; the output appears whole or not at all."""
    request.options.check()
    out = None if request.out == "-" else _file(request.out)
    form = outputs.of_name(request.out, request.output_format, request.options.plugins)
    if out is not None and out.is_dir() and not isinstance(form, Dataset):
        raise OutputError(f"{request.out}: this is a directory: name a file in it")
    if out is not None:
        refuse_inputs(out, filter(None, (request.table, request.columns)))
    with _one_error(request.out), work_directory.opened(out) as work_place:
        if not request.resume:
            (work_place.folder / "input").unlink(missing_ok=True)
        source = source_of(request.table, request.input_format, request.chunk, work_place.folder,
                           request.options.plugins)
        options = replace(request.options, columns=_columns(request, source))
        manifest = _manifest(request, source, options)
        if isinstance(form, Dataset):
            form = form.at(work_place.folder, manifest)
        work = Work(source, options, form, request.records_only, request.wanted, _needed(request, source, options))
        empty = work.empty()
        form.refuse(request.out, empty, (source.read(piece).table for piece in source.pieces()))
        entries = _begun(work_place, request, manifest, say)
        if entries is None:
            work_place.begin(manifest, form.first(empty))
            entries = []
        work = replace(work, options=base_model_pass.with_ancestors(source, options))
        draft = work_place.folder / _DRAFT
        draft.unlink(missing_ok=True)
        assembly = None if form.joined else form.assembly(draft, empty)
        if options.columns is not None:
            for line in _said_of(options, source.columns):
                say(line)
        summary = _annotated(work, request, work_place, entries, assembly, progress)
        if assembly is not None:
            assembly.finish()
        work_place.close()
        _publish(work_place, form, out, request.out)
        work_place.remove()
    return summary


def _annotated(work: Work, request: Request, work_place: work_directory.Place, entries: list[work_directory.Entry],
               assembly: Assembly | None, progress: Progress) -> Summary:
    summary = Summary()
    gc.freeze()  # what is there by now is no garbage: to look for it again and again took 3 % of a table's time
    try:
        for content, entry in zip(work_place.contents(entries), entries, strict=True):
            summary.add(entry.summary)
            if assembly is not None:
                assembly.add(content)
        for done in _done(work, request, work_place, len(entries)):
            work_place.add(done)
            if assembly is not None:
                assembly.add(done.whole())
            summary.add(done.summary)
            progress(summary.rows, done.done)
    except BaseException:
        if assembly is not None:
            assembly.abandon()
        raise
    finally:
        gc.unfreeze()
        _give_back()
    return summary


def _give_back() -> None:
    """Let allocators return what they keep: who annotates a thousand tables must not come to hold them all."""
    if (arrow := sys.modules.get("pyarrow")) is not None:
        for pool in (arrow.default_memory_pool(), arrow.system_memory_pool()):  # the latter: the C library's own too
            pool.release_unused()


def _done(work: Work, request: Request, work_place: work_directory.Place, skip: int) -> Iterator[Done]:
    if isinstance(work.source, Delimited) and request.jobs > 1 and not request.cluster:
        work = replace(work, source=replace(work.source, by_place=True))  # through no pipe: 5 %
    pieces: Iterator[Piece] = (piece for piece in work.source.pieces() if piece.number >= skip)
    if request.cluster:
        from computeest.tables.cluster import cluster

        return cluster(work, pieces, request.cluster)
    if request.jobs <= 1:
        return workers.alone(work, pieces)
    from computeest.tables.pool import pool  # which one process does not need

    # a folder that ends with this process is none to leave anything in: a worker may write a moment longer
    return pool(work, pieces, request.jobs, None if request.out == "-" else work_place.folder, work_place.forget)


#: Headers that are named.
_SHOWN = 8


def _said_of(options: Options, headers: Sequence[str]) -> list[str]:
    """What to say of a table's headers: those not used, columns that lack, a layout that would fit."""
    layout = options.layout
    used = options.columns_of(headers).headers() | {*layout.quotes(headers), *experts_said.headers(headers)}
    unused = [header for header in headers if header not in used]
    lines = list(layout.notes(headers))
    if unused:
        shown = ", ".join(f"'{' '.join(header.split())[:40]}'" for header in unused[:_SHOWN])
        more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
        lines.append(f"{len(unused)} of {len(headers)} columns are not used: {shown}{more}")
    if not options.preset:
        lines += [f"the table is of the layout that --preset {name} reads"
                  for name in options.registry.fitting(headers)]
    return lines


def _columns(request: Request, source: Source) -> ColumnMap | None:
    """What the table's columns mean."""
    if isinstance(source, Papers) or (request.columns is None and not request.options.preset
                                      and table_runs.RUNS in source.columns):
        return None
    if request.columns is not None:
        return request.options.map_in(request.columns, source.columns)
    return request.options.layout.columns_of(source.columns)


def _needed(request: Request, source: Source, options: Options) -> tuple[str, ...] | None:
    """The columns that are read: where only some are written, those and the ones that mean something."""
    written = set(request.wanted.names) if request.wanted.names else set() if request.records_only else None
    if written is None or options.columns is None or request.options.preset:
        return None  # what a layout makes of its rows may rest on any column
    written |= options.columns.headers() | set(experts_said.headers(source.columns))
    return tuple(name for name in source.columns if name in written) or None


def _file(out: str) -> Path:
    try:
        return _place(out)
    except OSError as error:  # a folder that cannot be looked into
        raise OutputError(f"{out}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def _place(out: str) -> Path:
    if "://" in out:
        return Path.cwd() / out.rstrip("/").rpartition("/")[2]
    path = Path(out)
    if not path.parent.is_dir():
        raise OutputError(f"{out}: there is no directory '{path.parent}'")
    if path.exists() and not path.is_file() and not path.is_dir():
        return Path(path.name).absolute()  # a device or a pipe has no room beside it
    return resolved(path)


def _manifest(request: Request, source: Source, options: Options) -> dict[str, str]:
    chosen = repr((options, source.columns, request.records_only, request.wanted, request.output_format,
                   request.chunk))
    return {"input": source.fingerprint(), "options": hashlib.blake2b(chosen.encode(), digest_size=16).hexdigest(),
            "versions": f"computeest {__version__}; schema {SCHEMA_VERSION}; hardware_db {hardware_db()}"}


def _begun(work_place: work_directory.Place, request: Request, manifest: dict[str, str],
           say: Callable[[str], None]) -> list[work_directory.Entry] | None:
    """What an earlier process has done of the same work; None where it is to begin anew."""
    begun = work_place.manifest()
    if begun is None:
        if request.resume:
            say("there is nothing to resume: starting from the first row")
        return None
    if not request.resume:
        say("an earlier run of this was not finished; --resume would have gone on with it: starting from the first row")
        return None
    if other := work_directory.same(begun, manifest):
        raise OutputError(f"{request.out}: cannot resume: the {other} changed since; without --resume it starts anew")
    return work_place.go_on()


def _publish(work_place: work_directory.Place, form: Any, out: Path | None, asked: str) -> None:
    """Put the finished file where it belongs."""
    if isinstance(form, Dataset):
        form.publish(out)
        return
    finished = work_place.joined if form.joined else work_place.folder / _DRAFT
    if out is None:
        with finished.open("rb") as file:
            _copied_out(file)
        return
    device = Path(asked)
    if device.exists() and not device.is_file():
        _copied(finished, device)
        return
    finished.replace(out)


def _errors_of_writing() -> tuple[type[Exception], ...]:
    """What the modules that are there raise; SQLite, where a database is written."""
    import pyarrow as pa

    sqlite = sys.modules.get("sqlite3")
    return (OSError, pa.ArrowException, *(() if sqlite is None else (sqlite.Error,)))


@contextmanager
def _one_error(out: str) -> Iterator[None]:
    """A full disk, or whatever keeps the output from being written, is one clear error; what is done stays."""
    try:
        yield
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except _errors_of_writing() as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200] or type(error).__name__
        raise OutputError(f"{out}: cannot be written: {reason.lower().rstrip('.')}; "
                          "what is done is kept, and --resume goes on") from None


def _copied_out(file: IO[bytes]) -> None:
    """A finished file to standard output; a terminal is shown nothing that would steer it."""
    stream = standard_output()
    if stream.isatty():
        for line in file:
            stream.write(visible(line.decode("utf-8", "replace")))
    else:
        shutil.copyfileobj(file, stream.buffer, 1 << 20)
    stream.flush()


def _copied(path: Path, device: Path) -> None:
    """A finished file to a device or a pipe, which must not be replaced."""
    with path.open("rb") as file, device.open("wb") as target:
        shutil.copyfileobj(file, target, 1 << 20)
