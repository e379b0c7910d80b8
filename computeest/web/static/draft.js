// A document's facts: its passages with what was found marked in them, each fact to accept or to reject.
"use strict";
(() => {
  const C = window.computeest;
  const squash = (text) => text.replace(/\s+/g, " ");

  // A passage with the quotes of its facts marked.
  const passage = (found, counts) => {
    const text = squash(found.text), places = [];
    for (const one of found.readings) {
      const at = text.indexOf(squash(one.quote));
      if (at >= 0) places.push([at, at + squash(one.quote).length, one]);
    }
    places.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    const parts = [];
    let done = 0;
    for (const [from, to, one] of places) {
      if (from < done) continue;
      parts.push(text.slice(done, from), C.el("mark", { class: one.used ? "used" : "left" }, text.slice(from, to)));
      done = to;
    }
    parts.push(text.slice(done));
    return C.el("div", { class: "passage", id: `place-${found.place}` }, C.el("p", { class: "note" }, `${counts} ${found.place}${found.sections.length ? `, ${found.sections.join(" > ")}` : ""}`),
      C.el("p", {}, parts), C.el("ul", { class: "note" }, found.readings.map((one) => C.el("li", {}, `${C.words(one.column)}: ${one.value} (probability ${C.plain(one.probability, 2)})${one.used ? "" : `, left out${one.why ? `: ${one.why}` : ""}`}`))));
  };

  // Draws a draft; `estimate` gets the facts that are accepted, as paper.yaml. Answers what is chosen, as a link holds it:
  // facts that are rejected, others that are accepted, and which reading of a fact is taken.
  C.draft = (holder, draft, { estimate, changed, from }) => {
    const listed = (value) => (Array.isArray(value) ? value : []);
    const was = { no: listed(from && from.no), yes: listed(from && from.yes), take: (from && from.take) || {} };
    const paper = draft.papers[0] || {}, where = draft.counts;
    const entries = Object.entries(paper).filter(([key]) => key !== "model" && key !== "not_used");
    const kept = new Map(entries.map(([key, fact]) => [key, { fact: [fact, ...(fact.alternatives || [])][was.take[key]] || fact, yes: !was.no.includes(key), from: fact }]));
    const left = (paper.not_used || []).map((fact, at) => ({ fact, yes: was.yes.includes(at) }));
    const choices = ([key, one]) => {
      const values = [one.from, ...(one.from.alternatives || [])];
      const select = C.el("select", { "aria-label": `Value of ${C.words(key)}` }, values.map((v, i) => C.el("option", { value: i }, `${v.value} (${C.plain(v.probability, 2)})`)));
      const quote = C.el("blockquote", {}, one.fact.quote);
      select.value = String(values.indexOf(one.fact));
      select.addEventListener("change", () => { one.fact = values[Number(select.value)]; quote.textContent = one.fact.quote; changed(); });
      const box = C.el("input", { type: "checkbox", checked: one.yes });
      box.addEventListener("change", () => { one.yes = box.checked; changed(); });
      return C.el("li", { class: "choice" }, C.el("label", {}, box, ` ${C.words(key)} `), values.length > 1 ? select : C.el("b", {}, `${one.fact.value}`),
        ` ${where} ${one.fact[where]}, probability ${C.plain(one.fact.probability, 2)}`, quote);
    };
    const others = left.map((one) => {
      const box = C.el("input", { type: "checkbox", checked: one.yes });
      box.addEventListener("change", () => { one.yes = box.checked; changed(); });
      return C.el("li", { class: "choice" }, C.el("label", {}, box, ` ${C.words(one.fact.column)} `), C.el("b", {}, one.fact.value), ` ${where} ${one.fact[where]}, probability ${C.plain(one.fact.probability, 2)}: ${one.fact.why}`, C.el("blockquote", {}, one.fact.quote));
    });
    const accepted = () => {
      const lines = paper.model ? [`model: ${JSON.stringify(paper.model)}`] : [];
      const say = (key, fact) => lines.push(`${key}: {value: ${JSON.stringify(String(fact.value))}, quote: ${JSON.stringify(squash(fact.quote))}, ${where}: ${fact[where]}}`);
      for (const [key, one] of kept) if (one.yes) say(key, one.fact);
      for (const one of left) if (one.yes && !(kept.get(one.fact.column) || {}).yes) say(one.fact.column, one.fact);
      return `${lines.join("\n")}\n`;
    };
    const notes = [...draft.notes, ...(draft.others.length ? [`Also in the document: ${draft.others.join(", ")}. Write one under Model to draft it.`] : [])];
    holder.replaceChildren(
      C.el("h2", {}, paper.model || "The document's model has no name that was found"), ...notes.map((n) => C.el("p", { class: "note" }, n)),
      entries.length ? C.el("p", {}, C.el("button", { type: "button", class: "main", onclick: () => estimate(accepted()) }, "Estimate what is accepted")) : C.el("p", { class: "empty" }, "No fact of a training run was found in it."),
      C.el("div", { class: "drafted", hidden: !entries.length && !left.length && !draft.passages.length },
        C.el("div", {}, C.el("h3", {}, "Facts"), C.el("ul", { class: "choices" }, entries.length ? [...kept].map(choices) : []), others.length ? C.el("details", {}, C.el("summary", {}, `${others.length} left out`), C.el("ul", { class: "choices" }, others)) : ""),
        C.el("div", {}, C.el("h3", {}, "Where they stand"), C.el("div", { class: "passages scroll tall", tabindex: "0", role: "region", "aria-label": "Passages" }, draft.passages.map((p) => passage(p, where))))));
    return () => ({
      no: [...kept].filter(([, one]) => !one.yes).map(([key]) => key), yes: left.flatMap((one, at) => (one.yes ? [at] : [])),
      take: Object.fromEntries([...kept].filter(([, one]) => one.fact !== one.from).map(([key, one]) => [key, 1 + one.from.alternatives.indexOf(one.fact)])),
    });
  };
})();
