// An overview: its charts, its filters, and the table whose rows open the derivation.
"use strict";
(() => {
  const C = window.computeest;
  const SURE = ["confident", "likely", "speculative"];
  const LEVELS = ["error", "warning", "info"];
  const link = (text, works) => {
    const [title, address] = works[text] || [text, text];
    return /^https?:\/\//.test(address) ? C.el("a", { href: address, rel: "noreferrer" }, title) : title;
  };

  // What sorts a row under each heading; numbers before nothing.
  const KEYS = {
    row: (r) => r.row, model: (r) => String(r.model || "").toLowerCase(), published: (r) => r.published || "",
    flop: (r) => r.flop, width: (r) => (r.flop === null ? null : r.flop_high / r.flop_low),
    confidence: (r) => (r.confidence ? SURE.indexOf(r.confidence) : null), method: (r) => r.method || "",
    checks: (r) => Math.min(3, ...(r.checks || []).map((c) => LEVELS.indexOf(c.level))),
  };

  // Whether a record is wrong, lacks facts, or is estimated: as computeest/web/overview.py has it.
  const stateOf = (r) => {
    if ((r.problems && !r.problems.startsWith("not estimated")) || (r.checks || []).some((c) => c.level === "error")) return "wrong";
    return r.problems || r.flop === null ? "lacking" : "estimated";
  };

  // Lines that are indented as a tree of details: what a line rests on stands below it.
  C.tree = (text) => {
    const root = C.el("ul", { class: "tree" }), stack = [[-1, root]];
    const lines = String(text || "").split("\n").filter((line) => line.trim());
    const depth = (line) => line.length - line.trimStart().length;
    lines.forEach((line, at) => {
      const here = depth(line), below = at + 1 < lines.length && depth(lines[at + 1]) > here;
      while (stack[stack.length - 1][0] >= here) stack.pop();
      const inner = C.el("ul"), parent = stack[stack.length - 1][1];
      parent.append(below ? C.el("li", {}, C.el("details", { open: true }, C.el("summary", {}, C.raised(line.trim())), inner))
        : C.el("li", {}, C.raised(line.trim())));
      if (below) stack.push([here, inner]);
    });
    return root;
  };

  C.card = (record, works = {}) => {
    const part = (title, ...content) => [C.el("h4", {}, title), ...content];
    const found = C.el("div", { class: "card" });
    if (record.problems) found.append(...part("What is wrong", C.el("p", { class: "error" }, C.raised(record.problems))));
    if (record.flop !== null) {
      found.append(C.el("p", {}, C.el("b", {}, C.flop(record.flop, 3)), " FLOP, 90 % between ", C.flop(record.flop_low), " and ",
        C.flop(record.flop_high), `; ${record.confidence}; ${C.plain(record.flop / 8.64e19)} PF-days`));
    }
    const methods = Object.entries(record.methods || {});
    if (methods.length) {
      found.append(...part("Methods", C.el("ul", {}, methods.map(([name, each]) => C.el("li", {}, `${C.words(name)}: `, C.flop(each.flop, 3),
        ...(each.flop_low ? [" (", C.flop(each.flop_low), " to ", C.flop(each.flop_high), ")"] : []))))));
    }
    if ((record.checks || []).length) {
      found.append(...part("Checks", C.el("ul", { class: "checks" }, record.checks.map((c) => C.el("li", { class: c.level },
        C.el("span", { class: "level" }, c.level), " ", ...C.raised(c.message), " ", C.el("code", {}, c.code))))));
    }
    if (record.derivation) found.append(...part("From the facts to the number", C.tree(record.derivation)));
    const assumed = Object.entries(record.assumed || {});
    if (assumed.length) found.append(...part("Assumed", C.el("p", {}, assumed.map(([k, v]) => `${C.words(k)} = ${v}`).join(", "))));
    if ((record.sources || []).length) found.append(...part("Sources", C.el("ul", {}, record.sources.map((s) => C.el("li", {}, link(s, works))))));
    return found;
  };

  const charts = (section, records, pick) => {
    const holder = section.querySelector("[data-charts]");
    if (!holder) return () => {};
    const time = C.el("figure", { class: "plane" }, C.el("figcaption", {}, "Compute over time, with 90 % intervals"), C.el("div", { class: "canvas" }));
    const spread = C.el("figure", { class: "plane" }, C.el("figcaption", {}, "Distribution of training compute"), C.el("div", { class: "canvas" }));
    holder.append(time, spread);
    return (shown) => {
      const dated = shown.filter((r) => r.flop !== null && r.year !== null);
      const none = (figure, says) => figure.querySelector(".canvas").replaceChildren(C.el("p", { class: "empty" }, says));
      if (!dated.length) none(time, "No row that is shown has both a date and an estimate.");
      else {
        C.plot(time.querySelector(".canvas"), {
          title: "Compute over time", x: { label: "published", log: false, whole: "year" }, y: { label: "training compute, FLOP", log: true },
          series: SURE.map((word, style) => ({
            name: word, kind: "points", style,
            points: dated.filter((r) => r.confidence === word).map((r) => ({ x: r.year, y: r.flop, low: r.flop_low, high: r.flop_high, label: r.model, record: r })),
          })).filter((s) => s.points.length),
          says: (p) => [C.el("b", {}, p.label || `row ${p.record.row}`), C.el("span", {}, p.record.published || ""), C.el("span", {}, `${C.plain(p.y)} FLOP`),
            C.el("span", {}, `${C.plain(p.low, 2)} to ${C.plain(p.high, 2)}`), C.el("span", {}, `${C.plain(p.y / 8.64e19)} PF-days`)],
          pick: (p) => pick(p.record),
        });
      }
      const logs = shown.filter((r) => r.flop > 0).map((r) => Math.log10(r.flop));
      if (!logs.length) { none(spread, "No row that is shown is estimated."); return; }
      const low = Math.floor(Math.min(...logs)), high = Math.ceil(Math.max(...logs) + 1e-9), step = high - low > 12 ? 1 : 0.5;
      const bins = [];
      for (let at = low; at < high; at += step) bins.push({ from: 10 ** at, to: 10 ** (at + step), x: 10 ** (at + step / 2), y: 0, label: `${C.plain(10 ** at, 2)} to ${C.plain(10 ** (at + step), 2)}` });
      for (const v of logs) bins[Math.min(bins.length - 1, Math.floor((v - low) / step))].y += 1;
      C.plot(spread.querySelector(".canvas"), {
        title: "Distribution", x: { label: "training compute, FLOP", log: true, ends: [10 ** low, 10 ** high] },
        y: { label: "rows", log: false, whole: true, ends: [0, Math.max(...bins.map((b) => b.y)) * 1.05] },
        series: [{ name: "rows", kind: "bars", points: bins }],
        says: (p) => [C.el("b", {}, p.label), C.el("span", {}, `${p.y} rows`)], height: 260,
      });
    };
  };

  C.overview = (section, records) => {
    const body = section.querySelector("table.records tbody");
    if (!body) return;
    const rows = [...body.querySelectorAll("tr[data-row]")];
    const pairs = rows.map((row, at) => [row, records[at], null]);
    const texts = new Map(), works = JSON.parse(section.dataset.works || "{}");
    const text = (record) => {
      if (!texts.has(record)) texts.set(record, [record.model, record.organization, record.domain, record.task, record.method, record.chip, record.published, record.problems,
        ...(record.checks || []).map((c) => `${c.code} ${c.message}`)].join(" ").toLowerCase());
      return texts.get(record);
    };
    const toggle = (pair, wanted) => {
      const button = pair[0].querySelector("button.open"), open = button.getAttribute("aria-expanded") === "true";
      if (open === wanted) return;
      button.setAttribute("aria-expanded", String(wanted));
      if (!wanted) { pair[2].remove(); pair[2] = null; return; }
      pair[2] = C.el("tr", { class: "detail" }, C.el("td", { colspan: "8" }, C.card(pair[1], works)));
      pair[0].after(pair[2]);
    };
    for (const pair of pairs) {
      const button = pair[0].querySelector("button.open");
      button.addEventListener("click", () => toggle(pair, button.getAttribute("aria-expanded") !== "true"));
    }
    const pick = (record) => {
      const pair = pairs.find((p) => p[1] === record);
      toggle(pair, true);
      pair[0].scrollIntoView({ block: "center" });
      pair[0].querySelector("button.open").focus();
    };
    const draw = charts(section, records, pick);
    const form = section.querySelector(".filters"), count = section.querySelector(".count");
    const filter = () => {
      const words = form.querySelector("[data-search]").value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = [...form.querySelectorAll("select")].filter((s) => s.value).map((s) => [s.dataset.filter, s.value]);
      const good = (r) => wanted.every(([name, value]) => (name !== "state" ? String(r[name] ?? "") === value
        : value === stateOf(r))) && words.every((word) => text(r).includes(word));
      const shown = [];
      for (const pair of pairs) {
        const yes = good(pair[1]);
        pair[0].hidden = !yes;
        if (pair[2]) pair[2].hidden = !yes;
        if (yes) shown.push(pair[1]);
      }
      count.textContent = `${shown.length.toLocaleString("en")} of ${pairs.length.toLocaleString("en")} rows`;
      draw(shown);
    };
    let waiting = 0;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
    form.addEventListener("submit", (event) => event.preventDefault());
    section.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
      const head = button.parentElement, key = KEYS[button.dataset.sort];
      const down = head.getAttribute("aria-sort") === "ascending";
      section.querySelectorAll("th[aria-sort]").forEach((each) => each.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const nothing = (v) => v === null || v === undefined || v === "";
      const sorted = [...pairs].sort(([, a], [, b]) => {
        const [x, y] = [key(a), key(b)];
        if (nothing(x) || nothing(y)) return nothing(x) - nothing(y);
        return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
      });
      body.append(...sorted.flatMap((pair) => (pair[2] ? [pair[0], pair[2]] : [pair[0]])));
    }));
    // text first: what is drawn comes once the page is shown
    (window.requestIdleCallback || ((f) => setTimeout(f, 50)))(filter, { timeout: 800 });
  };
})();
