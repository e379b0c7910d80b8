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
  let table = null;

  const told = (text) => { by("told").textContent = text; setTimeout(() => { if (by("told").textContent === text) by("told").textContent = ""; }, 5000); };
  const mode = () => document.querySelector("[name=mode]:checked").value;
  const show = (name) => {
    document.querySelector(`[name=mode][value=${name}]`).checked = true;
    document.querySelectorAll("section[data-mode]").forEach((s) => { s.hidden = s.dataset.mode !== name; });
  };

  const state = () => ({ mode: mode(), variants: panels.map((p) => p.state), csv: by("csv").value, preset: by("preset").value, text: by("text").value, which: by("which").value });
  const keep = async () => {
    const text = JSON.stringify(state());
    history.replaceState(null, "", text.length > LONGEST ? location.pathname : `#${await C.packed(JSON.parse(text))}`);
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

  const rows = async () => {
    const csv = by("csv").value, holder = by("table-answer");
    keep();
    document.querySelectorAll("[data-mode=table] [data-save]").forEach((b) => { b.hidden = true; });
    table = null;
    if (!csv.trim()) { holder.replaceChildren(C.el("p", { class: "empty" }, "Paste a table, or drop a CSV on this page.")); return; }
    holder.replaceChildren(C.el("p", { class: "busy" }, "Estimating every row …"));
    const answer = await C.ask("/overview", { csv, preset: by("preset").value });
    if (!answer) return;
    if (!answer.ok) { holder.replaceChildren(C.problems(answer.json.problems)); return; }
    table = { csv, preset: by("preset").value };
    holder.innerHTML = answer.json.html; // of our own template, which escapes every word
    C.overview(holder.querySelector("section.overview"), answer.json.records);
    document.querySelectorAll("[data-mode=table] [data-save]").forEach((b) => { b.hidden = false; });
  };

  const document_ = async (body) => {
    const holder = by("draft-answer");
    keep();
    if (!body) { holder.replaceChildren(C.el("p", { class: "empty" }, "Paste a text, or drop a paper on this page.")); return; }
    holder.replaceChildren(C.el("p", { class: "busy" }, "Reading …"));
    const answer = await C.ask("/draft", { ...body, model: by("which").value.trim() });
    if (!answer) return;
    if (!answer.ok) { holder.replaceChildren(C.problems(answer.json.problems)); return; }
    C.draft(holder, answer.json, (yaml) => { show("facts"); panels[0].set({ yaml }); panels[0].element.scrollIntoView(); });
  };
  let opened = null;

  const base64 = (buffer) => {
    const bytes = new Uint8Array(buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  // What is in a file decides what becomes of it.
  const open = async (file) => {
    const name = file.name.toLowerCase();
    if (file.size > 14e6) { told(`${file.name} has ${file.size.toLocaleString("en")} bytes: at most 14,000,000 here`); return; }
    if (/\.(csv|tsv|jsonl)$/.test(name)) {
      show("table");
      const text = await file.text();
      by("csv").value = name.endsWith(".tsv") ? text.split("\n").map((line) => line.split("\t").map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")).join("\n") : text;
      await rows();
    } else if (/\.(yaml|yml|json)$/.test(name)) {
      show("facts");
      const text = await file.text();
      const config = /"model_type"\s*:/.test(text);
      panels[0].set({ yaml: config ? `family: huggingface\narchitecture: {config: ${text.trim().replace(/\s*\n\s*/g, " ")}}\n# write how much it was trained on:\ntokens: \n` : text });
    } else {
      show("document");
      opened = name.endsWith(".pdf") ? { base64: base64(await file.arrayBuffer()), name: file.name } : { text: await file.text(), name: file.name };
      by("text").value = opened.text || `(${file.name})`;
      await document_(opened);
    }
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
      if (from.mode === "table") rows();
      if (from.mode === "document" && from.text) document_({ text: from.text, name: "document.txt" });
    } else if (location.hash.length > 1) told("the link is not whole");
    document.querySelectorAll("[name=mode]").forEach((radio) => radio.addEventListener("change", () => { show(radio.value); keep(); }));
    document.querySelectorAll("[data-example]").forEach((button) => button.addEventListener("click", () => panels[0].set({ facts: EXAMPLES[button.dataset.example] })));
    by("compare").addEventListener("click", () => add(panels[0].state).element.querySelector("input, textarea").focus());
    by("rows").addEventListener("click", rows);
    by("preset").addEventListener("change", rows);
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
    document.documentElement.dataset.ready = "true";
    lists();
  };
  start();
})();
