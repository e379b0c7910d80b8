"""What can be wrong with a file, and with what is asked of one: tables, documents, logs, hardware."""

from __future__ import annotations

from computeest.problems.kind import wrong

AUDITED_COLUMN_MISSING = wrong(
    "audited-column-missing", "The column of published figures or of notes is not there",
    "the table has no column '{name}'", "{near}")
PDF_UNREADABLE = wrong(
    "pdf-unreadable", "A PDF is broken or encrypted", "this PDF cannot be opened: {error}",
    "a PDF that is whole and not encrypted")
PDF_NOT_INSTALLED = wrong(
    "pdf-not-installed", "The package that reads PDF is not there", "reading a PDF needs pypdfium2",
    "pip install 'computeest[documents]'")
DOCUMENT_NOT_FETCHED = wrong(
    "document-not-fetched", "A document is named by its address",
    "this is an address, and nothing is loaded unasked", "a file, or --fetch to load it")
DOWNLOAD_TOO_LARGE = wrong(
    "download-too-large", "What an address sends is larger than any paper", "there are more than {most:,} bytes",
    "at most {most:,}")
DOCUMENT_OF_UNKNOWN_KIND = wrong(
    "document-of-unknown-kind", "A document is neither text nor PDF", "this is no text and no PDF",
    "a PDF, HTML, LaTeX, Markdown or text file")
DOCUMENT_TEXT_TOO_LARGE = wrong(
    "document-text-too-large", "A document's text is longer than any paper's", "the text has {count:,} bytes",
    "at most {most:,}")
DOCUMENTS_NONE = wrong(
    "documents-none", "A directory holds no documents", "there are no documents in it",
    "files that end in one of {endings}")
DOCUMENT_EMPTY = wrong(
    "document-empty", "A document is empty", "there is nothing in it", "a PDF, HTML, LaTeX, Markdown or text file")
DOCUMENT_MISSING = wrong(
    "document-missing", "A document is not there", "there is no such file",
    "a PDF, HTML, LaTeX, Markdown or text file")
DOCUMENT_TOO_LARGE = wrong(
    "document-too-large", "A document's file is larger than any paper's", "the file has {bytes:,} bytes",
    "at most {most:,}")
DOCUMENT_UNREADABLE = wrong(
    "document-unreadable", "The system does not let a document be read", "cannot be read: {reason}",
    "a readable file")
DOCUMENT_NOT_LOADED = wrong(
    "document-not-loaded", "An address does not answer", "cannot be loaded: {error}", "an address that answers")
READER_FINDS_NOTHING_THERE = wrong(
    "reader-finds-nothing-there", "A plugin's reader finds a fact where there is no text, or of no key",
    "the reader '{name}' finds {found}, which is of no key, or nowhere in the sentence",
    "a Found of a key of the schema, with its place in the sentence")
READER_FAILS = wrong(
    "reader-fails", "A plugin's reader of sentences raises", "the reader '{name}' fails: {error}",
    "a reader that `computeest plugin check` passes")
LOG_OF_UNKNOWN_KIND = wrong(
    "log-of-unknown-kind", "A log is of no trainer that is known", "this is no log that is known",
    "trainer_state.json, or what Megatron, nanoGPT or torchtitan print")
LOG_TOO_LARGE = wrong(
    "log-too-large", "A log is larger than is read", "the log is larger than {most:,} bytes")
LOG_UNREADABLE = wrong(
    "log-unreadable", "A log cannot be opened, or is no text", "cannot be read: {reason}",
    "a log of a training run")
TRAINER_STATE_UNREADABLE = wrong(
    "trainer-state-unreadable", "A trainer_state.json holds no history", "this is no trainer_state.json",
    "its log_history")
DIFF_WITHOUT_FLOP = wrong(
    "diff-without-flop", "A table to compare was not annotated", "there is no column 'flop'",
    "a table that `computeest annotate` wrote")
DIFF_KEY_MISSING = wrong(
    "diff-key-missing", "The column that tells rows apart is not there",
    "there is no column '{key}' to tell rows by", "{near}")
SOLVE_OUT_OF_REACH = wrong(
    "solve-out-of-reach", "No value of the unknown gives the compute",
    "no value of it makes {method} give {target:.3g} FLOP")
SOLVE_FOR_UNKNOWN = wrong(
    "solve-for-unknown", "What is to be solved for is no number of the schema",
    "there is no number called '{column}' to solve for", "{near}")
TABLE_EMPTY = wrong(
    "table-empty", "A table's file is empty", "there is nothing in it", "a header, then a line for each row")
HEADER_TOO_LONG = wrong(
    "header-too-long", "A table's first line is longer than any header",
    "its first line has more than {most:,} bytes", "a header, then a line for each row")
LINE_TOO_LONG = wrong(
    "line-too-long", "A line of a table is longer than any row", "a line has more than {most:,} bytes",
    "a line for each row")
TABLE_NOT_THERE = wrong(
    "table-not-there", "A table that is named is not there", "there is no such file", "{near}")
FORMAT_NOT_COMPRESSED = wrong(
    "format-not-compressed", "A format that is not read compressed is", "{form} is not read compressed",
    "the file itself")
RECORDS_COLUMN_MISSING = wrong(
    "records-column-missing", "A table of records lacks a column that a fit needs", "no column says the {lacks}",
    "columns 'model' and 'compute', or 'Model' and 'Training compute (FLOP)'")
LINES_WITHOUT_OBJECT = wrong(
    "lines-without-object", "A file of JSON lines holds no object", "there is no JSON object in it",
    "an object on each line")
JSON_LINE_TOO_LONG = wrong(
    "json-line-too-long", "A line of JSON is longer than any row", "the line has more than {most:,} bytes",
    "an object on each line")
FORMAT_NOT_READ = wrong(
    "format-not-read", "A plugin's format is only written", "the format '{form}' is not read")
FORMAT_GIVES_NO_TABLE = wrong(
    "format-gives-no-table", "A plugin's format reads something that is no table",
    "the format '{form}' gives a {kind}, and no pyarrow.Table")
FORMAT_FAILS = wrong(
    "format-fails", "A plugin's format raises while it reads", "the format '{form}' does not read it: {error}")
NO_PAPER_MATCHES = wrong(
    "no-paper-matches", "No file matches a pattern of papers", "no .yaml file matches")
NO_PARQUET_FILES = wrong(
    "no-parquet-files", "A folder holds no Parquet file", "there are no .parquet files in it")
PARQUET_COLUMN_MISSING = wrong(
    "parquet-column-missing", "Parquet files of one table have different columns", "there is no column '{column}'",
    "the columns of the first file")
COLUMN_CHUNK_TOO_LARGE = wrong(
    "column-chunk-too-large", "A column of a row group is larger than is held in memory", "'{column}' has {size}",
    "at most {most:,}: write smaller row groups")
ROW_GROUP_UNREADABLE = wrong(
    "row-group-unreadable", "A row group of a Parquet file is broken", "row group {group} cannot be read: {error}")
PARQUET_BROKEN = wrong(
    "parquet-broken", "A Parquet file is broken", "this is no whole Parquet file: {error}")
TABLE_MISSING = wrong(
    "table-missing", "A table's file is not there", "there is no such file")
TABLE_A_DOCUMENT = wrong(
    "table-a-document", "A document stands where a table is asked for", "this is no table",
    "a .csv, .tsv, .xlsx, .parquet or .jsonl file; a document is read by: computeest draft {name}")
TABLE_UNREADABLE = wrong(
    "table-unreadable", "The system does not let a table be read", "cannot be read: {error}")
ROW_GROUP_TOO_SHORT = wrong(
    "row-group-too-short", "A row group of a Parquet file ends early",
    "row group {group} has fewer rows than it says")
CELLS_TOO_LARGE = wrong(
    "cells-too-large", "A column's cells are larger than any that people write",
    "'{name}' has {size:,} bytes in {rows:,} rows", "at most {most:,}, or fewer rows at once: --chunk {chunk}")
PLACE_NOT_OPENED = wrong(
    "place-not-opened", "A place in the net, or its scheme, cannot be opened", "cannot be opened: {error}")
COLUMNS_TOO_MANY = wrong(
    "columns-too-many", "A table has more columns than any", "the table has {count:,} columns", "at most {most:,}")
TITLE_ABOVE_HEADERS = wrong(
    "title-above-headers", "A table's first row is a title or empty, and the row below it holds the headers",
    "the first row is no header: those of columns stand in the row below it, from '{first}' on",
    "a table without what stands above its headers")
HEADER_TWICE = wrong(
    "header-twice", "Two columns of a table have the same header",
    "columns {first} and {second} have the same name", "one name for each column")
INPUT_NOT_KEPT = wrong(
    "input-not-kept", "Standard input cannot be kept in a file", "cannot be kept: {error}")
WORKBOOK_EMPTY = wrong(
    "workbook-empty", "A workbook's first sheet is empty", "there is nothing in its first sheet",
    "a header, then a row for each model")
WORKBOOK_WITH_DOCTYPE = wrong(
    "workbook-with-doctype", "A part of a workbook declares entities, as attacks do",
    "one of its parts declares a type of document", "a workbook as Excel writes it")
WORKBOOK_PART_TOO_LARGE = wrong(
    "workbook-part-too-large", "A part of a workbook unpacks to more than any sheet",
    "its part '{part}' has {bytes:,} bytes unpacked", "at most {most:,}")
WORKBOOK_PARTS_TOO_MANY = wrong(
    "workbook-parts-too-many", "A workbook has more parts than any", "the workbook has {count:,} parts",
    "at most {most:,}")
WORKBOOK_BROKEN = wrong(
    "workbook-broken", "A workbook is broken", "this is no whole Excel workbook: {error}")
WORKBOOK_WITHOUT_SHEET = wrong(
    "workbook-without-sheet", "A workbook holds charts alone", "there is no sheet of cells in it",
    "a sheet with a header and rows")
WORKBOOK_TEXTS_TOO_LARGE = wrong(
    "workbook-texts-too-large", "The texts of a workbook unpack to more than any sheet",
    "the texts of its cells have {bytes:,} bytes unpacked", "at most {largest_texts:,}; write .csv or .parquet")
SHEET_UNREADABLE = wrong(
    "sheet-unreadable", "A workbook's first sheet breaks off", "its sheet cannot be read to the end: {error}")
WORKBOOK_TOO_DEEP = wrong(
    "workbook-too-deep", "A part of a workbook is nested too deeply", "one of its parts is nested too deeply",
    "at most {most} levels")
WORKBOOK_CELL_TOO_LONG = wrong(
    "workbook-cell-too-long", "A cell of a workbook is longer than any", "a cell has more than {most:,} characters",
    "what an Excel cell holds; write .csv or .parquet")
WORKBOOK_ELEMENT_OPEN = wrong(
    "workbook-element-open", "An element of a sheet does not end", "an element of its sheet does not end",
    "cells of at most {most:,} characters")
WORKBOOK_ROW_NUMBER = wrong(
    "workbook-row-number", "A row of a sheet has a number that none has", "a row has the number {number}",
    "at most {most:,}")
WORKBOOK_ROWS_OUT_OF_ORDER = wrong(
    "workbook-rows-out-of-order", "Rows of a sheet are out of order", "row {number:,} comes after row {last:,}",
    "rows in their order")
WORKBOOK_CELLS_OUT_OF_ORDER = wrong(
    "workbook-cells-out-of-order", "A row of a sheet has a cell where none can be",
    "row {number:,} has a cell '{said}' after {count:,} others",
    "cells in their order, at most {most_columns:,} in a row")
WORKBOOK_CELLS_TOO_MANY = wrong(
    "workbook-cells-too-many", "A sheet has more cells than are read", "its sheet has more than {most:,} cells",
    "write .csv or .parquet")
SOLVE_UNDETERMINED = wrong(
    "solve-undetermined", "The other facts do not determine what is to be solved for", "{what}",
    "facts for two methods, one of them with this unknown")
REQUEST_REFUSED = wrong(
    "request-refused", "The API does not answer a request", "{what}", "{expected}")
RESULT_TOO_LARGE = wrong(
    "result-too-large", "A JSON document is larger than any result", "the file has more than {most:,} bytes",
    "a result")
ROW_REFUSED = wrong(
    "row-refused", "A row of a table has problems, which its field `problems` holds", "{what}")
PARQUET_ROWS_TOO_MANY = wrong(
    "parquet-rows-too-many", "A Parquet file says that it has more rows than so many bytes hold",
    "it has {rows:,} rows in {bytes:,} bytes", "at most {few:,}, or {most} for each byte")
ROW_GROUP_TOO_LARGE = wrong(
    "row-group-too-large", "A row group of a Parquet file has more rows than are held in memory",
    "row group {group} has {rows:,} rows", "at most {most:,}: write smaller row groups")
UNPACKS_TO_TOO_MUCH = wrong(
    "unpacks-to-too-much", "A compressed file unpacks to more than any table",
    "its {bytes:,} bytes unpack to more than {most} times as many", "a table; unpack it first if it is one")
TABLE_NOT_A_FILE = wrong(
    "table-not-a-file", "What should be a table is a device, a folder or the like", "this is no regular file",
    "a file, '-' for standard input, or <(...)")
PUBLISHED_TOO_SMALL = wrong(
    "published-too-small", "Half of the published figures are too small for the FLOP of training",
    "half of its figures are below {least:.0e}, which is no FLOP of training",
    "their unit in the header, such as '{column} (PF-days)'")
