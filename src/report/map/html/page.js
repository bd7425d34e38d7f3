"use strict";
const form = document.querySelector("form"), find = document.querySelector("#find"), bad = document.querySelector("#bad");
const said = document.querySelector("output"), none = document.querySelector("#none");
const marks = new Map();
for (const mark of document.querySelectorAll(".cells a, .chips a")) {
  const id = mark.hash.slice(1);
  marks.has(id) ? marks.get(id).push(mark) : marks.set(id, [mark]);
}
const rows = [...document.querySelectorAll(".ports tbody tr")].map((row) => ({
  row, words: row.textContent.toLowerCase(), bad: row.classList.contains("x"), marks: marks.get(row.id.split("_")[0]) || [],
}));
const parts = [...document.querySelectorAll(".ports")];

function filter() {
  const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = !wanted.length && !(bad && bad.checked), shown = new Set();
  let count = 0;
  for (const one of rows) {
    const fits = all || (wanted.every((word) => one.words.includes(word)) && !(bad && bad.checked && !one.bad));
    one.row.hidden = !fits;
    if (fits) { count += 1; one.marks.forEach((mark) => shown.add(mark)); }
  }
  for (const list of marks.values()) for (const mark of list) mark.classList.toggle("dim", !shown.has(mark));
  for (const part of parts) part.hidden = !all && !part.querySelector("tbody tr:not([hidden])");
  none.hidden = count > 0 || !rows.length;
  said.textContent = all ? "" : count + " of " + rows.length;
}

function group(box) {
  const cells = [...box.querySelectorAll("a")];
  const enter = (cell) => { for (const one of cells) one.tabIndex = -1; cell.tabIndex = 0; };
  const beside = (cell, way) => {
    const at = cell.getBoundingClientRect(), far = (one) => Math.abs(one.left - at.left);
    let best, box;
    for (const one of cells) {
      const there = one.getBoundingClientRect(), steps = (there.top - at.top) * way;
      if (steps < 4) continue;
      const near = box && (box.top - at.top) * way;
      if (!box || steps < near - 4 || (steps < near + 4 && far(there) < far(box))) { best = one; box = there; }
    }
    return best;
  };
  cells.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
  box.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = { ArrowRight: () => cells[at + 1], ArrowLeft: () => cells[at - 1], Home: () => cells[0], End: () => cells.at(-1),
      ArrowDown: () => beside(cells[at], 1), ArrowUp: () => beside(cells[at], -1) }[event.key];
    if (!next) return;
    event.preventDefault();
    const cell = next();
    if (cell) { enter(cell); cell.focus(); }
  });
  box.addEventListener("click", (event) => {
    const cell = event.target.closest("a"), row = cell && document.getElementById(cell.hash.slice(1));
    if (row) { enter(cell); row.tabIndex = -1; setTimeout(() => row.focus()); }
  });
}

document.querySelectorAll(".grid, .chips").forEach(group);
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== find) { event.preventDefault(); find.focus(); find.select(); }
  if (event.key === "Escape") {
    if (event.target === find || find.value) { find.value = ""; if (bad) bad.checked = false; filter(); }
    else if (event.target.id && marks.has(event.target.id)) marks.get(event.target.id)[0].focus();
  }
});
filter();
