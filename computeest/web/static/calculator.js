// The calculator: its variants, tables and documents, files that are dropped, and the link that holds them.
"use strict";
(() => {
  const C = window.computeest;
  const by = (id) => document.getElementById(id);
  const LONGEST = 60000;
  const EXAMPLES = {
    gpt3: { model: "GPT-3 175B", published: "2020-05-28", parameters: "174.6B", tokens: "300B tokens", chip: "V100", chips: "10000", time: "14.8 days", utilization: "0.1968", number_format: "fp16", reported_compute: "3640 petaflop/s-day" },
    resnet: { model: "ResNet-50", published: "2015-12-10", family: "resnet-50", examples: "1.28e6", epochs: "90", chip: "Tesla P100", chips: "8", time: "29 hours" },
    tuned: { model: "A fine-tune", stage: "fine-tuning", base_model: "Llama 2 70B", parameters: "70B", tokens: "100B tokens" },
  };
  const panels = [];
  let turns = 0, table = null, opened = null, chosen = () => ({});

  const told = (text) => { by("told").textContent = text; setTimeout(() => { if (by("told").textContent === text) by("told").textContent = ""; }, 5000); };
  const mode = () => document.querySelector("[name=mode]:checked").value;
  const show = (name) => {
    document.querySelector(`[name=mode][value=${name}]`).checked = true;
    document.querySelectorAll("section[data-mode]").forEach((s) => { s.hidden = s.dataset.mode !== name; });
  };

  // How the table is looked at: what its filters hold, and how it is sorted.
  const view = () => {
    const holder = by("table-answer"), sorted = holder.querySelector("th[aria-sort=ascending], th[aria-sort=descending]");
    const fields = [...holder.querySelectorAll(".filters input, .filters select")].map((field) => field.value);
    return { fields, ...(sorted ? { sort: sorted.querySelector("button").dataset.sort, down: sorted.getAttribute("aria-sort") === "descending" } : {}) };
  };
  const look = (from) => {
    const holder = by("table-answer"), fields = [...holder.querySelectorAll(".filters input, .filters select")];
    fields.forEach((field, at) => { if (typeof (from.fields || [])[at] === "string") field.value = from.fields[at]; });
    if (fields.length) fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    const button = holder.querySelector(`[data-sort="${CSS.escape(String(from.sort))}"]`);
    for (let times = button ? (from.down ? 2 : 1) : 0; times > 0; times -= 1) button.click();
  };

  const state = () => ({
    mode: mode(), variants: panels.map((p) => p.state), csv: by("csv").value, preset: by("preset").value, view: view(), text: by("text").value,
    name: opened && opened.text === by("text").value ? opened.name : "", which: by("which").value, choices: chosen(),
  });
  const keep = async () => {
    const turn = (turns += 1), text = await C.packed(state());
    if (turn === turns) history.replaceState(null, "", text.length > LONGEST ? location.pathname : `#${text}`);
    return text.length <= LONGEST;
  };

  const changed = () => {
    keep();
    by("compare").disabled = panels.length > 1;
    panels.forEach((p, i) => {
      p.element.querySelector(".letter").textContent = panels.length > 1 ? `Variant ${"AB"[i]}` : "Facts";
      p.element.querySelector(".close").hidden = panels.length < 2;
    });
    by("panels").classList.toggle("two", panels.length > 1);
    const [a, b] = panels.map((p) => p.study && p.study.record);
    const versus = by("versus");
    versus.replaceChildren();
    if (a && b) {
      versus.append("B takes ", C.el("b", {}, `${C.plain(b.flop / a.flop)}×`), " the compute of A: ", C.flop(b.flop, 3), " against ", C.flop(a.flop, 3), " FLOP.");
    }
  };
  const add = (from) => {
    const panel = new C.Panel(changed);
    panels.push(panel);
    by("panels").append(panel.element);
    panel.on(".close", () => { panels.splice(panels.indexOf(panel), 1); panel.element.remove(); changed(); });
    panel.set(from);
    return panel;
  };

  const rows = async (from) => {
    const csv = by("csv").value, holder = by("table-answer");
    keep();
    document.querySelectorAll("[data-mode=table] [data-save]").forEach((b) => { b.hidden = true; });
    table = null;
    if (!csv.trim()) { holder.replaceChildren(C.el("p", { class: "empty" }, "Paste a table, or drop a CSV on this page.")); return; }
    holder.replaceChildren(C.el("p", { class: "busy" }, "Estimating every row …"));
    const body = { ...C.rowsOf(csv), preset: by("preset").value };
    const answer = await C.ask("/overview", body);
    if (!answer) return;
    if (!answer.ok) { holder.replaceChildren(C.problems(answer.json.problems)); return; }
    table = body;
    holder.innerHTML = answer.json.html; // of our own template, which escapes every word
    C.overview(holder.querySelector("section.overview"), answer.json.records);
    document.querySelectorAll("[data-mode=table] [data-save]").forEach((b) => { b.hidden = false; });
    if (from && from.fields) look(from);
  };

  const document_ = async (body, from) => {
    const holder = by("draft-answer");
    chosen = () => from || {};
    keep();
    if (!body) { holder.replaceChildren(C.el("p", { class: "empty" }, "Paste a text, or drop a paper on this page.")); return; }
    holder.replaceChildren(C.el("p", { class: "busy" }, "Reading …"));
    const answer = await C.ask("/draft", { ...body, model: by("which").value.trim() });
    if (!answer) return;
    if (!answer.ok) { holder.replaceChildren(C.problems(answer.json.problems)); return; }
    chosen = C.draft(holder, answer.json, { from, changed: keep, estimate: (yaml) => { show("facts"); panels[0].set({ yaml }); panels[0].element.scrollIntoView(); } });
    keep();
  };

  const base64 = (buffer) => {
    const bytes = new Uint8Array(buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  const take = async (kind, text, body) => {
    show({ paper: "facts" }[kind] || kind);
    if (kind === "table") {
      by("csv").value = text;
      await rows();
    } else if (kind === "paper") panels[0].set({ yaml: C.paper(text) });
    else {
      opened = body;
      by("text").value = opened.text || `(${body.name})`;
      await document_(opened);
    }
  };
  // What is in a file decides what becomes of it.
  const open = async (file) => {
    const name = file.name.toLowerCase();
    if (file.size > 14e6) { told(`${file.name} has ${file.size.toLocaleString("en")} bytes: at most 14,000,000 here`); return; }
    const text = name.endsWith(".pdf") ? "" : await file.text();
    const kind = /\.(csv|tsv|jsonl)$/.test(name) ? "table" : /\.(yaml|yml)$/.test(name) ? "paper" : /\.json$/.test(name) ? C.kind(text) : "document";
    await take(kind, text, name.endsWith(".pdf") ? { base64: base64(await file.arrayBuffer()), name: file.name } : { text, name: file.name });
    told(`${file.name} is open`);
  };

  const lists = async () => {
    const fill = (id, names) => by(id).replaceChildren(...names.map((value) => C.el("option", { value })));
    const [chips, families, models] = await Promise.all(["/hardware", "/families", "/models"].map((path) => C.ask(path)));
    if (chips && chips.ok) fill("chips", chips.json.map((chip) => chip.name));
    if (families && families.ok) fill("families", families.json.flatMap((family) => [family.name, ...family.variants]));
    if (models && models.ok) fill("models", models.json.map((model) => model.name));
  };

  const start = async () => {
    const from = location.hash.length > 1 ? await C.unpacked(location.hash.slice(1)) : null;
    (from && Array.isArray(from.variants) && from.variants.length ? from.variants.slice(0, 2) : [{ facts: {} }]).forEach(add);
    if (from) {
      for (const id of ["csv", "preset", "text", "which"]) if (typeof from[id] === "string") by(id).value = from[id];
      if (["facts", "table", "document"].includes(from.mode)) show(from.mode);
      if (from.mode === "table") rows(from.view);
      if (from.mode === "document" && from.text) {
        opened = { text: from.text, name: String(from.name || "document.txt") };
        document_(opened, from.choices);
      }
    } else if (location.hash.length > 1) told("the link is not whole");
    document.querySelectorAll("[name=mode]").forEach((radio) => radio.addEventListener("change", () => { show(radio.value); keep(); }));
    document.querySelectorAll("[data-example]").forEach((button) => button.addEventListener("click", () => panels[0].set({ facts: EXAMPLES[button.dataset.example] })));
    by("compare").addEventListener("click", () => add(panels[0].state).element.querySelector("input, textarea").focus());
    by("rows").addEventListener("click", () => rows());
    by("preset").addEventListener("change", () => rows());
    by("table-answer").addEventListener("input", () => keep());
    by("table-answer").addEventListener("click", (event) => { if (event.target.closest("[data-sort]")) keep(); });
    by("draft").addEventListener("click", () => {
      const text = by("text").value;
      document_(opened && (opened.text === text || `(${opened.name})` === text) ? opened : text.trim() ? { text, name: "document.txt" } : null);
    });
    document.querySelectorAll("[data-mode=table] [data-save]").forEach((button) => button.addEventListener("click", async () => {
      const csv = button.dataset.save === "csv";
      const answer = await C.ask(csv ? "/annotate?format=csv" : "/report", table, { kind: "text" });
      if (answer && answer.ok) C.save(csv ? "records.csv" : "report.html", answer.json, csv ? "text/csv" : "text/html");
    }));
    by("link").addEventListener("click", async () => {
      if (mode() === "document" && opened && opened.base64) { told("a link cannot hold a PDF: estimate what is accepted, and copy the link to that"); return; }
      if (!(await keep())) { told("this is too long for a link: save it instead"); return; }
      try { await navigator.clipboard.writeText(location.href); told("the link is copied"); } catch { told("the link is in the address bar"); }
    });
    by("file").addEventListener("change", () => { if (by("file").files[0]) open(by("file").files[0]); });
    addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
    addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
    });
    // what is pasted outside of a field is opened as what it is
    addEventListener("paste", (event) => {
      if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
      const [file] = event.clipboardData.files, text = event.clipboardData.getData("text/plain");
      if (file) open(file);
      else if (text.trim()) take(C.kind(text), text, { text, name: "document.txt" });
    });
    document.documentElement.dataset.ready = "true";
    lists();
  };
  start();
})();
