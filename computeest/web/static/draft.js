// A document's facts: its passages with what was found marked in them, each fact to accept or to reject.
"use strict";
(() => {
  const C = window.computeest;
  const squash = (text) => String(text).replace(/\s+/g, " ");
  const listed = (value) => (Array.isArray(value) ? value : []);

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

  // The facts of a paper in groups: its own, and those of each run; words beside them, such as a stage, are kept.
  const groups = (paper, was) => {
    const group = (title, place, mapping) => {
      const found = { title, words: [], facts: [] };
      for (const [key, fact] of Object.entries(mapping)) {
        if (["model", "not_used", "runs"].includes(key)) continue;
        if (fact === null || typeof fact !== "object" || fact.value === undefined) { found.words.push([key, fact]); continue; }
        const id = place + key, values = [fact, ...listed(fact.alternatives)];
        found.facts.push({ id, key, values, fact: values[was.take[id]] || fact, yes: !was.no.includes(id) });
      }
      return found;
    };
    const runs = listed(paper.runs);
    return [group("", "", paper), ...runs.map((run, at) => group(`Run ${at + 1}${typeof run.stage === "string" ? `: ${run.stage}` : ""}`, `runs.${at + 1}.`, run))];
  };

  // Draws a draft; `estimate` gets the facts that are accepted, as paper.yaml. Answers what is chosen, as a link holds it:
  // which paper, facts that are rejected, others that are accepted, and which reading of a fact is taken.
  C.draft = (holder, draft, { estimate, changed, from }) => {
    const papers = draft.papers.length ? draft.papers : [{}], where = draft.counts;
    let at = papers[Number(from && from.paper)] ? Number(from.paper) : 0, parts = [], left = [];

    const said = (fact, why) => ` ${where} ${fact[where]}, probability ${C.plain(fact.probability, 2)}${why ? `: ${why}` : ""}`;
    const box = (one) => C.el("input", { type: "checkbox", checked: one.yes, onchange: (event) => { one.yes = event.target.checked; changed(); } });
    const choice = (one) => {
      const quote = C.el("blockquote", {}, one.fact.quote), place = C.el("span", {}, said(one.fact));
      const value = one.values.length < 2 ? C.el("b", {}, String(one.fact.value))
        : C.el("select", { "aria-label": `Value of ${C.words(one.key)}`, onchange: (event) => {
          one.fact = one.values[Number(event.target.value)];
          quote.textContent = one.fact.quote;
          place.textContent = said(one.fact);
          changed();
        } }, one.values.map((v, i) => C.el("option", { value: i, selected: v === one.fact }, `${v.value} (${C.plain(v.probability, 2)})`)));
      return C.el("li", { class: "choice" }, C.el("label", {}, box(one), ` ${C.words(one.key)} `), value, place, quote);
    };
    const other = (one) => C.el("li", { class: "choice" }, C.el("label", {}, box(one), ` ${C.words(one.fact.column)} `),
      C.el("b", {}, String(one.fact.value)), said(one.fact, one.fact.why), C.el("blockquote", {}, one.fact.quote));

    const fact = (key, one) => `${key}: {value: ${JSON.stringify(String(one.value))}, quote: ${JSON.stringify(squash(one.quote))}, ${where}: ${one[where]}}`;
    const accepted = () => {
      const [top, ...runs] = parts, paper = papers[at], taken = new Set();
      const lines = paper.model ? [`model: ${JSON.stringify(paper.model)}`] : [];
      const own = (group) => [...group.words.map(([key, value]) => `${key}: ${JSON.stringify(value)}`), ...group.facts.filter((one) => one.yes).map((one) => { taken.add(one.key); return fact(one.key, one.fact); })];
      lines.push(...own(top));
      const stages = runs.filter((group) => group.facts.some((one) => one.yes)).map(own);
      for (const one of left) if (one.yes && !taken.has(one.fact.column)) lines.push(fact(one.fact.column, one.fact));
      if (stages.length) lines.push("runs:", ...stages.flatMap((stage) => stage.map((line, n) => `  ${n ? "  " : "- "}${line}`)));
      return `${lines.join("\n")}\n`;
    };

    const draw = (was) => {
      const paper = papers[at];
      parts = groups(paper, was);
      left = listed(paper.not_used).map((one, index) => ({ fact: one, yes: was.yes.includes(index) }));
      const any = parts.some((group) => group.facts.length);
      const notes = [...draft.notes, ...(draft.others.length ? [`Also in the document: ${draft.others.join(", ")}. Write one under Model to draft it.`] : [])];
      const which = papers.length < 2 ? null : C.el("p", {}, C.el("label", {}, `The document is of ${papers.length} models: `, C.el("select", { onchange: (event) => {
        at = Number(event.target.value);
        draw({ no: [], yes: [], take: {} });
        holder.querySelector("select").focus();
        changed();
      } }, papers.map((one, index) => C.el("option", { value: index, selected: index === at }, one.model || `model ${index + 1}`)))));
      holder.replaceChildren(...[
        C.el("h2", {}, paper.model || "The document's model has no name that was found"), which, ...notes.map((n) => C.el("p", { class: "note" }, n)),
        any ? C.el("p", {}, C.el("button", { type: "button", class: "main", onclick: () => estimate(accepted()) }, "Estimate what is accepted")) : C.el("p", { class: "empty" }, "No fact of a training run was found in it."),
        C.el("div", { class: "drafted", hidden: !any && !left.length && !draft.passages.length },
          C.el("div", {}, C.el("h3", {}, "Facts"),
            parts.filter((group) => group.facts.length).map((group) => [group.title ? C.el("h4", {}, group.title) : null, C.el("ul", { class: "choices" }, group.facts.map(choice))]).flat(),
            left.length ? C.el("details", {}, C.el("summary", {}, `${left.length} left out`), C.el("ul", { class: "choices" }, left.map(other))) : null),
          C.el("div", {}, C.el("h3", {}, "Where they stand"), C.el("div", { class: "passages scroll tall", tabindex: "0", role: "region", "aria-label": "Passages" }, draft.passages.map((p) => passage(p, where)))))].filter(Boolean));
    };
    draw({ no: listed(from && from.no), yes: listed(from && from.yes), take: (from && from.take) || {} });
    return () => ({
      paper: at, no: parts.flatMap((group) => group.facts.filter((one) => !one.yes).map((one) => one.id)), yes: left.flatMap((one, index) => (one.yes ? [index] : [])),
      take: Object.fromEntries(parts.flatMap((group) => group.facts.filter((one) => one.fact !== one.values[0]).map((one) => [one.id, one.values.indexOf(one.fact)]))),
    });
  };
})();
