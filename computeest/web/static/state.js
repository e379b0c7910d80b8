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

  C.problems = (found) => C.el("ul", { class: "checks" }, found.map((one) => C.el("li", { class: "error" },
    C.el("span", { class: "level" }, one.key || "problem"), ` ${one.line ? `line ${one.line}: ` : ""}${one.what}`,
    one.expected ? C.el("span", { class: "note" }, ` ${/^(closest|write|see|such as|if )/.test(one.expected) ? "" : "expected: "}${one.expected}`) : null)));
})();
