// Numbers as people read them, and elements made without HTML.
"use strict";
(() => {
  const C = (window.computeest = window.computeest || {});

  C.plain = (value, digits = 3) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return "";
    if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6)) {
      const rounded = Number(value.toPrecision(digits));
      return Number.isInteger(rounded) ? rounded.toLocaleString("en") : String(rounded);
    }
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return `${mantissa} × 10^${Number(power)}`;
  };

  // An element with attributes and children; a text child is text, whatever it holds.
  C.el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  };

  C.shown = (value, digits = 2) => {
    const [mantissa, power] = C.plain(value, digits).split(" × 10^");
    if (power === undefined) return C.el("span", {}, mantissa);
    return C.el("span", { class: "num" }, `${mantissa}\u00a0×\u00a010`, C.el("span", { class: "caret" }, "^"),
      C.el("sup", {}, power));
  };

  // A text with its powers of ten as people write them, in pieces.
  C.raised = (text) => String(text).split(/((?<![\w.])-?\d+(?:\.\d+)?e[+-]?\d+\b)/).map((part, at) => {
    if (at % 2 === 0) return part;
    const [mantissa, power] = part.split("e");
    return C.el("span", { class: "num" }, `${mantissa}\u00a0×\u00a010`, C.el("span", { class: "caret" }, "^"), C.el("sup", {}, String(Number(power))));
  });

  C.flop = (value, digits = 2) => {
    const found = C.shown(value, digits);
    if (value) found.title = `${value.toPrecision(4)} FLOP = ${C.plain(value / 8.64e19)} PF-days`;
    return found;
  };

  C.words = (name) => String(name ?? "").replaceAll("_", " ").replaceAll("+", " + ");
})();
