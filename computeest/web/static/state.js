// What is asked of the server, and the state that a link holds.
"use strict";
(() => {
  const C = window.computeest;
  const prefix = document.documentElement.dataset.prefix || "";
  const FAILED = { problems: [{ line: 0, key: "", what: "the server does not answer", expected: "another try" }] };

  // The answer as {ok, status, json | text}; a request that a later one replaces answers nothing.
  C.ask = async (path, body, { signal, kind = "json" } = {}) => {
    try {
      const answer = await fetch(prefix + path, body === undefined ? { signal } : {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });
      const whole = answer.ok && kind === "text" ? await answer.text() : await answer.json();
      return { ok: answer.ok, status: answer.status, json: whole };
    } catch (error) {
      return error.name === "AbortError" ? null : { ok: false, status: 0, json: FAILED };
    }
  };

  // A scalar as YAML reads it back as the same text.
  const scalar = (text) => (/^[\w.~<>=+(-][^:#{}[\],&*!|'"%@`\\]*$/.test(text) && text === text.trim() && !/^(~|null|true|false|yes|no)$/i.test(text)
    ? text : JSON.stringify(text));
  C.yaml = (facts) => Object.entries(facts).filter(([, value]) => value.trim())
    .map(([key, value]) => `${key}: ${/^[{[]/.test(value.trim()) && /[}\]]$/.test(value.trim()) ? value.trim() : scalar(value.trim())}\n`).join("");

  // A text as paper.yaml: a configuration of Hugging Face as the network of one.
  C.paper = (text) => (/^\s*\{/.test(text) && /"model_type"\s*:/.test(text)
    ? `family: huggingface\narchitecture: {config: ${text.trim().replace(/\s*\n\s*/g, " ")}}\n# write how much it was trained on:\ntokens: \n` : text);

  // What a text is: paper, table or document.
  C.kind = (text) => {
    const lines = text.trim().split("\n").filter((line) => line.trim()), cells = (line) => line.split(/[,\t;]/).length;
    if (/^\s*\[/.test(text) || (lines.length > 1 && lines.every((line) => /^\{.*\}\s*$/.test(line)))) return "table";
    if (/^\s*\{/.test(text)) return "paper";
    if (lines.length > 1 && cells(lines[0]) > 1 && !/:\s/.test(lines[0]) && lines[0].length < 2000 && cells(lines[1]) >= cells(lines[0])) return "table";
    return lines.length && lines.filter((line) => /^\s*(#|-\s|[\w."-]+\s*:(\s|$)|[}\]])/.test(line)).length >= 0.8 * lines.length && lines[0].length < 300 ? "paper" : "document";
  };

  // A table's text as the API takes it: rows where it is JSON, and CSV where it is not.
  C.rowsOf = (text) => {
    try {
      if (/^\s*\[/.test(text)) return { rows: JSON.parse(text) };
      if (/^\s*\{/.test(text)) return { rows: text.trim().split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line)) };
    } catch { /* the server says what is wrong with it */ }
    const head = text.slice(0, text.indexOf("\n"));
    if (!head.includes("\t") || head.includes(",")) return { csv: text };
    return { csv: text.split("\n").map((line) => line.split("\t").map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")).join("\n") };
  };

  const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
  C.packed = async (state) => {
    const bytes = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream("deflate-raw"));
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  C.unpacked = async (text) => {
    try {
      const raw = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(await through(raw, new DecompressionStream("deflate-raw"))));
    } catch { return null; }
  };

  C.save = (name, text, type) => {
    const link = C.el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  C.problems = (found, lines = true) => C.el("ul", { class: "checks" }, found.map((one) => C.el("li", { class: "error" },
    C.el("span", { class: "level" }, one.key || "problem"), ` ${one.line && lines ? `line ${one.line}: ` : ""}${one.what}`,
    one.expected ? C.el("span", { class: "note" }, ` ${/^(closest|write|see|such as|if )/.test(one.expected) ? "" : "expected: "}${one.expected}`) : null)));
})();
