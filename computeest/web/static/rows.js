// Figures of rows over one axis: zoom by dragging, by buttons or by keys; hover and focus say every number.
"use strict";
(() => {
  const C = window.computeest;
  const PF_DAY = 8.64e19;

  const place = (value, [low, high], log) => 100 * (log
    ? (value > 0 ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)) : -1) : (value - low) / (high - low));
  const at = (share, [low, high], log) => (log ? low * (high / low) ** share : low + share * (high - low));
  const within = (percent) => Math.min(100, Math.max(0, percent));

  const says = (row, flop) => {
    const [point, low, high] = row.values, known = low !== null && high !== null && low !== undefined;
    return [C.el("b", {}, row.name), C.el("span", {}, C.plain(point, 5)),
      known ? C.el("span", {}, `${C.plain(low, 4)} to ${C.plain(high, 4)}`) : null,
      flop ? C.el("span", {}, `${C.plain(point / PF_DAY)} PF-days`) : null];
  };

  const one = (figure) => {
    const data = JSON.parse(figure.dataset.rows), { log } = data, whole = [data.low, data.high];
    let view = whole;
    const tracks = [...figure.querySelectorAll(".row:not(.axis) .track")], axis = figure.querySelector(".row.axis .track");
    const tip = C.el("div", { class: "tip", hidden: true });
    const to = (element, name, value) => element.setAttribute(name, `${within(value).toFixed(3)}%`);
    const out = (percent) => percent < -0.01 || percent > 100.01;

    const draw = () => {
      tracks.forEach((track, index) => {
        const [point, low, high] = data.rows[index].values, x = place(point, view, log);
        const from = within(place(low ?? point, view, log)), till = within(place(high ?? point, view, log));
        const range = track.querySelector(".range"), dot = track.querySelector(".point");
        to(range, "x", from);
        to(range, "width", till - from);
        to(dot, "cx", x);
        dot.toggleAttribute("hidden", out(x));
        track.querySelectorAll(".limit").forEach((line, n) => {
          const where = place(data.lines[n], view, log);
          line.toggleAttribute("hidden", out(where));
          for (const end of ["x1", "x2"]) to(line, end, where);
        });
      });
      axis.innerHTML = `<line class="base" x1="0" x2="100%" y1="1" y2="1"/>${C.ticks(view, log, axis.clientWidth < 420 ? 4 : 6).map(([value, label, power]) => {
        const x = within(place(value, view, log)).toFixed(3), end = x < 4 ? "start" : x > 96 ? "end" : "middle";
        return `<line class="base" x1="${x}%" x2="${x}%" y1="1" y2="5"/><text x="${x}%" y="17" text-anchor="${end}">${power === null ? label : `10<tspan dy="-4" font-size="80%">${power}</tspan>`}</text>`;
      }).join("")}`;
    };
    const zoom = (factor) => {
      const rest = (1 - factor) / 2, next = [at(rest, view, log), at(1 - rest, view, log)];
      view = factor > 1 && place(next[0], whole, log) <= 0 && place(next[1], whole, log) >= 100 ? whole : next;
      draw();
    };
    figure.querySelector("figcaption").after(C.el("div", { class: "tools" },
      C.el("button", { type: "button", title: "Zoom in", "aria-label": `Zoom in: ${data.title}`, onclick: () => zoom(0.6) }, "+"),
      C.el("button", { type: "button", title: "Zoom out", "aria-label": `Zoom out: ${data.title}`, onclick: () => zoom(1 / 0.6) }, "−"),
      C.el("button", { type: "button", "aria-label": `Whole: ${data.title}`, onclick: () => { view = whole; draw(); } }, "Whole")));
    figure.append(tip);

    let from = null;
    const share = (track, event) => { const box = track.getBoundingClientRect(); return (event.clientX - box.left) / box.width; };
    tracks.forEach((track, index) => {
      const row = track.closest(".row");
      row.addEventListener("pointermove", () => {
        const box = figure.getBoundingClientRect(), own = track.getBoundingClientRect();
        tip.replaceChildren(...says(data.rows[index], data.flop).filter(Boolean));
        tip.hidden = false;
        tip.style.left = `${Math.max(0, Math.min(own.left - box.left + own.width / 2, box.width - 190))}px`;
        tip.style.top = `${own.bottom - box.top + 6}px`;
      });
      row.addEventListener("pointerleave", () => { tip.hidden = true; });
      track.addEventListener("pointerdown", (event) => { if (event.button === 0 && event.pointerType === "mouse") { from = share(track, event); event.preventDefault(); } });
      track.addEventListener("pointerup", (event) => {
        const [a, b] = [from, share(track, event)].sort((x, y) => x - y);
        if (from !== null && b - a > 0.03) { view = [at(a, view, log), at(b, view, log)]; draw(); }
        from = null;
      });
      track.addEventListener("dblclick", () => { view = whole; draw(); });
    });
    addEventListener("pointerup", () => { from = null; });
  };

  // Every figure of rows within an element comes alive; without a script it stands still and says the same.
  C.rows = (root) => root.querySelectorAll("figure[data-rows]").forEach(one);
})();
