// Figures on a plane: points with intervals, lines, bars; zoom by dragging, by buttons or by keys; hover says the numbers.
"use strict";
(() => {
  const C = window.computeest;
  const NS = "http://www.w3.org/2000/svg";
  const SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
  const ROOM = { left: 58, right: 18, top: 28, bottom: 40 };
  // A series keeps its colour and shape whichever others are shown.
  const look = (series, index) => series.style ?? index;
  const fix = (number) => Math.round(number * 100) / 100;
  const text = (value) => String(value).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

  // The ends of a scale that holds all values, with a little room.
  const ends = (values, log) => {
    const known = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
    if (!known.length) return log ? [1, 10] : [0, 1];
    let low = known[0], high = known[0];
    for (const v of known) { if (v < low) low = v; if (v > high) high = v; }
    if (log) return [10 ** Math.floor(Math.log10(low)), 10 ** Math.max(Math.ceil(Math.log10(high)), Math.floor(Math.log10(low)) + 1)];
    const room = (high - low || Math.abs(high) || 1) * 0.04;
    return [low - room, high + room];
  };
  const scale = ([low, high], log, from, to) => (log
    ? (v) => from + ((Math.log(v) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (to - from)
    : (v) => from + ((v - low) / (high - low)) * (to - from));
  const back = ([low, high], log, from, to) => (log
    ? (p) => Math.exp(Math.log(low) + ((p - from) / (to - from)) * (Math.log(high) - Math.log(low)))
    : (p) => low + ((p - from) / (to - from)) * (high - low));

  const ticks = ([low, high], log, most, whole) => {
    if (log) {
      const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
      if (last - first >= 1) {
        const step = Math.max(1, Math.ceil((last - first) / most));
        const found = [];
        for (let p = first; p <= last; p += step) found.push([10 ** p, null, p]);
        return found;
      }
    }
    const rough = (high - low) / most, size = 10 ** Math.floor(Math.log10(rough));
    if (whole === "year" && high - low < 2) { // months, where there are few years
      const months = [1, 2, 3, 6].find((m) => ((high - low) * 12) / m <= most) || 6, some = [];
      for (let k = Math.ceil((low * 12) / months - 1e-6); (k * months) / 12 <= high + 1e-9; k += 1) {
        const month = k * months;
        some.push([month / 12, `${Math.floor(month / 12 + 1e-9)}-${String((month % 12) + 1).padStart(2, "0")}`, null]);
      }
      if (some.length > 1) return some;
      whole = false;
    }
    const step = [1, 2, 5, 10].map((m) => m * size).find((s) => s >= rough && (!whole || s >= 1)) || 1;
    const found = [];
    for (let k = Math.ceil(low / step); k * step <= high; k += 1) {
      const value = k * step;
      found.push([value, log || Math.abs(value) >= 1e5 ? C.plain(value, 2) : String(Number(value.toPrecision(8))), null]);
    }
    return found;
  };

  C.ticks = ticks;

  const mark = (shape, x, y, r, kind) => {
    if (shape === "square") return `<rect class="mark ${kind}" x="${fix(x - r)}" y="${fix(y - r)}" width="${2 * r}" height="${2 * r}"/>`;
    if (shape === "circle") return `<circle class="mark ${kind}" cx="${fix(x)}" cy="${fix(y)}" r="${r}"/>`;
    const way = shape === "triangle" ? `M${fix(x)} ${fix(y - r)}l${r} ${2 * r}h${-2 * r}z`
      : shape === "diamond" ? `M${fix(x)} ${fix(y - r)}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`
        : `M${fix(x - r)} ${fix(y - r)}l${2 * r} ${2 * r}M${fix(x - r)} ${fix(y + r)}l${2 * r} ${-2 * r}`;
    return `<path class="mark ${kind}${shape === "cross" ? " open" : ""}" d="${way}"/>`;
  };

  // Draws a spec into a container, and again when its width changes: {title, x, y, series, pick, height}.
  C.plot = (container, spec) => {
    const hidden = new Set();
    const all = spec.series.flatMap((s) => s.points);
    const whole = {
      x: spec.x.ends || ends(all.map((p) => p.x), spec.x.log),
      y: spec.y.ends || ends(all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), spec.y.log),
    };
    let view = { ...whole }, drawn = [], size = [0, 0];
    const svg = document.createElementNS(NS, "svg");
    svg.setAttribute("class", "plot");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${spec.title}. ${spec.series.map((s) => `${s.name}: ${s.points.length}`).join(", ")}.`);
    const tip = C.el("div", { class: "tip", hidden: true });
    const holder = C.el("div", { class: "holder" });
    holder.append(svg, tip);
    const zoom = (factor) => {
      for (const axis of ["x", "y"]) {
        const log = spec[axis].log, at = back(view[axis], log, 0, 1), rest = (1 - factor) / 2;
        view[axis] = factor < 1 || view[axis] !== whole[axis] ? [at(rest), at(1 - rest)] : view[axis];
      }
      draw();
    };
    const tools = C.el("div", { class: "tools" },
      C.el("button", { type: "button", title: "Zoom in", "aria-label": "Zoom in", onclick: () => zoom(0.6) }, "+"),
      C.el("button", { type: "button", title: "Zoom out", "aria-label": "Zoom out", onclick: () => zoom(1 / 0.6) }, "−"),
      C.el("button", { type: "button", onclick: () => { view = { ...whole }; draw(); } }, "Whole"));
    const legend = spec.series.map((series, index) => {
      const sample = document.createElementNS(NS, "svg");
      sample.setAttribute("class", "sample");
      sample.setAttribute("viewBox", "0 0 18 12");
      sample.setAttribute("aria-hidden", "true");
      sample.innerHTML = series.kind === "line" ? `<path class="line s${look(series, index) % 7} d${Math.floor(look(series, index) / 7)}" d="M0 6h18"/>`
        : series.kind === "bars" ? `<rect class="bin s${look(series, index) % 7}" x="3" width="12" height="12"/>`
          : mark(SHAPES[look(series, index) % 5], 9, 6, 4, `s${look(series, index) % 7}`);
      const button = C.el("button", { type: "button", class: "key", "aria-pressed": "true" }, sample, series.name);
      button.addEventListener("click", () => {
        if (hidden.has(index)) hidden.delete(index); else hidden.add(index);
        button.setAttribute("aria-pressed", String(!hidden.has(index)));
        draw();
      });
      return button;
    });
    if (spec.series.length > 1) tools.append(...legend);

    function draw() {
      const wide = Math.max(260, holder.clientWidth || 600);
      const tall = spec.height || Math.round(Math.min(420, Math.max(230, wide * 0.5)));
      size = [wide, tall];
      const right = wide - ROOM.right, bottom = tall - ROOM.bottom;
      const sx = scale(view.x, spec.x.log, ROOM.left, right), sy = scale(view.y, spec.y.log, bottom, ROOM.top);
      const inside = (x, y) => x >= ROOM.left - 1 && x <= right + 1 && y >= ROOM.top - 1 && y <= bottom + 1;
      const parts = [];
      for (const [value, label, power] of ticks(view.y, spec.y.log, 6, spec.y.whole)) {
        const y = fix(sy(value));
        parts.push(`<line class="grid" x1="${ROOM.left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${ROOM.left - 6}" y="${y + 4}" text-anchor="end">${power === null ? text(label) : `10<tspan dy="-4" font-size="80%">${power}</tspan>`}</text>`);
      }
      for (const [value, label, power] of ticks(view.x, spec.x.log, wide < 480 ? 4 : 8, spec.x.whole)) {
        const x = fix(sx(value));
        parts.push(`<line class="grid" x1="${x}" x2="${x}" y1="${ROOM.top}" y2="${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${power === null ? text(label) : `10<tspan dy="-4" font-size="80%">${power}</tspan>`}</text>`);
      }
      parts.push(`<text class="label" x="0" y="14">${text(spec.y.label)}</text>`);
      parts.push(`<text class="label" x="${(ROOM.left + right) / 2}" y="${tall - 6}" text-anchor="middle">${text(spec.x.label)}</text>`);
      drawn = [];
      spec.series.forEach((series, index) => {
        if (hidden.has(index)) return;
        const style = look(series, index), kind = `s${style % 7}`;
        if (series.kind === "line") {
          let way = "", pen = "M";
          for (const point of series.points) {
            const x = sx(point.x), y = sy(point.y);
            if (!inside(x, y)) { pen = "M"; continue; }
            way += `${pen}${fix(x)} ${fix(y)}`;
            pen = "L";
            drawn.push([x, y, point, series]);
          }
          if (way) parts.push(`<path class="line ${kind} d${Math.floor(style / 7)}" d="${way}"/>`);
          return;
        }
        if (series.kind === "bars") {
          const zero = sy(Math.max(view.y[0], 0));
          for (const point of series.points) {
            const from = Math.max(ROOM.left, sx(point.from)), to = Math.min(right, sx(point.to)), y = Math.max(ROOM.top, sy(point.y));
            if (to <= from) continue;
            parts.push(`<rect class="bin ${kind}" x="${fix(from + 0.5)}" width="${fix(Math.max(1, to - from - 1))}" y="${fix(y)}" height="${fix(Math.max(0, zero - y))}"/>`);
            drawn.push([(from + to) / 2, y, point, series]);
          }
          return;
        }
        const ranges = [], marks = [];
        for (const point of series.points) {
          const x = sx(point.x), y = sy(point.y);
          if (!inside(x, y)) continue;
          if (point.low && point.high) ranges.push(`M${fix(x)} ${fix(Math.min(bottom, sy(point.low)))}V${fix(Math.max(ROOM.top, sy(point.high)))}`);
          marks.push(mark(SHAPES[style % 5], x, y, 3.5, kind));
          drawn.push([x, y, point, series]);
        }
        parts.push(`<path class="range ${kind}" d="${ranges.join("")}"/>`, ...marks);
      });
      svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
      svg.setAttribute("width", wide);
      svg.setAttribute("height", tall);
      svg.innerHTML = `${parts.join("")}<rect class="brush" visibility="hidden"/>`;
    }

    const place = (event) => { const box = svg.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const nearest = ([x, y]) => {
      let best = null, far = 28 ** 2;
      for (const one of drawn) {
        const d = (one[0] - x) ** 2 + (one[1] - y) ** 2;
        if (d < far) { far = d; best = one; }
      }
      return best;
    };
    let from = null;
    svg.addEventListener("pointerdown", (event) => { if (event.button === 0 && event.pointerType === "mouse") from = place(event); });
    svg.addEventListener("pointermove", (event) => {
      const at = place(event);
      if (from) {
        const brush = svg.querySelector(".brush");
        brush.setAttribute("visibility", "visible");
        brush.setAttribute("x", Math.min(from[0], at[0]));
        brush.setAttribute("y", Math.min(from[1], at[1]));
        brush.setAttribute("width", Math.abs(from[0] - at[0]));
        brush.setAttribute("height", Math.abs(from[1] - at[1]));
        return;
      }
      const found = nearest(at);
      tip.hidden = !found;
      if (!found) return;
      tip.replaceChildren(...(spec.says ? spec.says(found[2], found[3])
        : [C.el("b", {}, found[2].label || found[3].name), C.el("span", {}, `${C.plain(found[2].x, 6)}: ${C.plain(found[2].y, 4)}`),
          ...(spec.y.label.endsWith("FLOP") ? [C.el("span", {}, `${C.plain(found[2].y / 8.64e19)} PF-days`)] : [])]));
      tip.style.left = `${Math.max(0, Math.min(found[0] + 12, size[0] - 200))}px`;
      tip.style.top = `${found[1] + 12}px`;
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; from = null; });
    svg.addEventListener("pointerup", (event) => {
      const start = from, at = place(event);
      from = null;
      if (start && Math.abs(start[0] - at[0]) > 8 && Math.abs(start[1] - at[1]) > 8) {
        const bx = back(view.x, spec.x.log, ROOM.left, size[0] - ROOM.right), by = back(view.y, spec.y.log, size[1] - ROOM.bottom, ROOM.top);
        view = { x: [bx(Math.min(start[0], at[0])), bx(Math.max(start[0], at[0]))], y: [by(Math.max(start[1], at[1])), by(Math.min(start[1], at[1]))] };
        draw();
        return;
      }
      const found = nearest(at);
      svg.querySelector(".brush").setAttribute("visibility", "hidden");
      if (found && spec.pick) spec.pick(found[2]);
    });
    svg.addEventListener("dblclick", () => { view = { ...whole }; draw(); });
    container.replaceChildren(tools, holder);
    draw();
    let last = holder.clientWidth;
    new ResizeObserver(() => { if (holder.clientWidth !== last) { last = holder.clientWidth; draw(); } }).observe(holder);
  };
})();
