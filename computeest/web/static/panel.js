// One variant of a paper: its facts as a form or as paper.yaml, and the answer beside them.
"use strict";
(() => {
  const C = window.computeest;
  let made = 0;

  C.Panel = class {
    constructor(changed) {
      made += 1;
      this.changed = changed;
      this.element = document.getElementById("panel").content.firstElementChild.cloneNode(true);
      this.inputs = [...this.element.querySelectorAll("[data-key]")];
      this.area = this.element.querySelector("textarea");
      this.result = this.element.querySelector(".result");
      this.summary = this.element.querySelector(".summary");
      this.said = this.element.querySelector(".problems");
      this.answered = this.element.querySelector(".answered");
      this.study = null;
      this.extra = {};
      for (const input of this.inputs) {
        const hint = input.closest(".field").querySelector(".hint");
        hint.id = `hint-${made}-${input.dataset.key}`;
        input.setAttribute("aria-describedby", hint.id);
        input.addEventListener("input", () => this.ask());
        input.addEventListener("focus", () => { if (!hint.textContent) hint.textContent = hint.dataset.means; });
        input.addEventListener("blur", () => { if (hint.textContent === hint.dataset.means) hint.textContent = ""; });
        if (input.dataset.key === "chip" || input.dataset.key === "family") input.addEventListener("change", () => this.look(input, hint));
      }
      this.area.addEventListener("input", () => this.ask());
      this.eu.addEventListener("change", () => this.changed(this));
      this.area.addEventListener("paste", (event) => {
        const text = event.clipboardData.getData("text/plain"), found = C.paper(text);
        if (found === text || this.area.value.trim()) return;
        event.preventDefault();
        this.set({ yaml: found });
      });
      this.on(".as-yaml", () => this.turn());
      this.on(".clear", () => { this.set({ facts: {} }); });
      this.element.querySelectorAll(".saves [data-save]").forEach((button) => button.addEventListener("click", () => this.save(button.dataset.save)));
    }

    on(selector, does) { this.element.querySelector(selector).addEventListener("click", does); }

    get yaml() { return !this.element.querySelector(".yaml").hidden; }

    get facts() {
      const own = Object.fromEntries(this.inputs.filter((i) => i.value.trim()).map((i) => [i.dataset.key, i.value]));
      return { ...this.extra, ...own };
    }

    get text() { return this.yaml ? this.area.value : C.yaml(this.facts); }

    get state() { return { ...(this.yaml ? { yaml: this.area.value } : { facts: this.facts }), ...(this.eu.checked ? { eu: true } : {}) }; }

    get eu() { return this.element.querySelector(".eu"); }

    set(state) {
      this.show(state.yaml !== undefined);
      this.area.value = state.yaml ?? "";
      if (state.eu !== undefined) this.eu.checked = state.eu === true;
      this.extra = { ...(state.facts || {}) };
      for (const input of this.inputs) {
        input.value = this.extra[input.dataset.key] ?? "";
        delete this.extra[input.dataset.key];
      }
      this.ask(0);
    }

    show(yaml) {
      this.element.querySelector(".yaml").hidden = !yaml;
      this.element.querySelector(".form").hidden = yaml;
      this.element.querySelector(".as-yaml").textContent = yaml ? "Edit as a form" : "Edit as paper.yaml";
    }

    // From the form to the text, and back where the text is no more than a form can hold.
    turn() {
      if (!this.yaml) { this.set({ yaml: this.text }); return; }
      const facts = (this.study && this.study.facts) || [];
      if (this.area.value.trim() && (!facts.length || facts.some((f) => f.run || f.quote || f.source || f.column === "layers"))) {
        this.said.replaceChildren(C.el("p", { class: "note" }, "A form has no room for runs, quotes, sources or lists of layers: go on with the text."));
        return;
      }
      this.set({ facts: Object.fromEntries(facts.map((f) => [f.column, f.text])) });
    }

    // What a chip's or a network's name means, below it.
    async look(input, hint) {
      const value = input.value.trim();
      hint.textContent = "";
      if (!value) return;
      const chip = input.dataset.key === "chip";
      const answer = await C.ask(chip ? "/hardware/find" : "/families", chip ? { text: value } : { name: value });
      if (!answer || input.value.trim() !== value) return;
      if (!answer.ok) { // what is asked of a family, or the nearest name
        const [one] = answer.json.problems || [];
        if (one) hint.textContent = [one.what, one.expected].filter(Boolean).join("; ");
        return;
      }
      const found = answer.json, totals = found.totals || {};
      hint.textContent = chip
        ? `${found.name}${found.peak ? `: ${C.plain(found.peak / 1e12, 4)} TFLOP/s dense, ${found.number_format}` : ""}${found.chips > 1 ? `; ${found.chips} chips` : ""}`
        : `${found.family}: one ${found.example}, ${C.plain(totals.forward_flop)} FLOP forward, ${C.plain(totals.parameters)} parameters`;
    }

    ask(wait = 300) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.asked(), wait);
    }

    async asked() {
      if (this.control) this.control.abort();
      const text = this.text;
      this.changed(this);
      if (!text.trim()) { this.empty(); return; }
      this.control = new AbortController();
      this.answered.setAttribute("aria-busy", "true");
      if (!this.study) this.summary.replaceChildren(C.el("span", { class: "busy" }, "Estimating …"));
      const answer = await C.ask("/study", { yaml: text }, { signal: this.control.signal });
      if (!answer) return;
      this.answered.setAttribute("aria-busy", "false");
      this.mark([]);
      if (answer.ok) {
        this.study = answer.json;
        this.said.replaceChildren();
        this.result.innerHTML = answer.json.html; // of our own template, which escapes every word
        C.copying(this.result);
        C.rows(this.result);
        const record = this.study.record;
        this.summary.replaceChildren(C.el("b", {}, C.flop(record.flop, 3)), " FLOP, 90 % between ", C.flop(record.flop_low), " and ", C.flop(record.flop_high), `, ${record.confidence}`);
      } else {
        this.study = null;
        const found = answer.json.problems || [];
        this.mark(found);
        this.said.replaceChildren(C.el("h3", {}, found.some((p) => p.key || p.line) ? "This cannot be read" : "Not yet an answer"), C.problems(found, this.yaml));
        this.result.replaceChildren();
        const named = found.find((p) => p.key);
        this.summary.textContent = named ? `${C.words(named.key)}: ${named.what}` : found.length ? found[0].what : "This cannot be estimated";
      }
      this.element.querySelector(".saves").hidden = !answer.ok;
      this.changed(this);
    }

    empty() {
      this.summary.textContent = "Write two facts for an answer.";
      this.study = null;
      this.mark([]);
      this.said.replaceChildren();
      this.element.querySelector(".saves").hidden = true;
      this.answered.setAttribute("aria-busy", "false");
      this.result.replaceChildren(C.el("p", { class: "empty" }, "Nothing yet: two facts are enough, such as parameters and tokens, or chips, their time and the chip's name."));
      this.changed(this);
    }

    // The fields that problems are of.
    mark(found) {
      for (const input of this.inputs) {
        const own = found.filter((p) => p.key === input.dataset.key);
        const hint = input.closest(".field").querySelector(".hint");
        input.toggleAttribute("aria-invalid", false);
        if (own.length) {
          input.setAttribute("aria-invalid", "true");
          hint.textContent = own.map((p) => p.what).join("; ");
        } else if (hint.classList.contains("wrong")) hint.textContent = "";
        hint.classList.toggle("wrong", own.length > 0);
      }
    }

    async save(kind) {
      const name = String((this.study && this.study.record.model) || "paper").replace(/[^\w.-]+/g, "-").toLowerCase();
      if (kind === "yaml") { C.save(`${name}.yaml`, this.text, "application/yaml"); return; }
      const form = kind === "csv" ? "/estimate?format=csv" : `/report${this.eu.checked ? "?statement=eu" : ""}`;
      const answer = await C.ask(form, { yaml: this.text }, { kind: "text" });
      if (answer && answer.ok) C.save(`${name}.${kind === "csv" ? "csv" : "html"}`, answer.json, kind === "csv" ? "text/csv" : "text/html");
      else if (answer) this.said.replaceChildren(C.problems(answer.json.problems));
    }
  };
})();
