"use strict";
document.documentElement.classList.add("scripted");
const table = document.querySelector("table.rows");
if (table) {
  const body = table.tBodies[0];
  // A row is followed by a template of what opens below it.
  let rows = Array.from(body.rows);
  const details = new Map(rows.map((row) => [row, row.nextElementSibling]));
  const search = document.getElementById("search");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  const all = document.getElementById("all");
  // More at once would be slow to lay out, and nobody reads them.
  let limit = Number(table.dataset.limit);

  const opened = (row) => {
    const next = details.get(row).nextElementSibling;
    return next && next.classList.contains("detail") ? next : null;
  };

  // All metrics of the benchmark, side by side.
  const sideBySide = (row) => {
    const name = row.cells[0].textContent;
    const same = rows.filter((other) => other.cells[0].textContent === name);
    if (same.length < 2) return "";
    const copy = document.createElement("table");
    copy.append(table.tHead.cloneNode(true), document.createElement("tbody"));
    for (const button of copy.querySelectorAll("thead button")) button.replaceWith(button.textContent);
    copy.tBodies[0].append(...same.map((other) => other.cloneNode(true)));
    for (const other of copy.rows) {
      other.hidden = false;
      other.removeAttribute("class");
      other.cells[0].remove();
    }
    const caption = copy.createCaption();
    caption.textContent = "All metrics of this benchmark";
    return copy;
  };

  const toggle = (row, open) => {
    const before = opened(row);
    row.querySelector("button").setAttribute("aria-expanded", String(open));
    if (open && !before) {
      const detail = details.get(row).content.firstElementChild.cloneNode(true);
      detail.querySelector(".metrics").append(sideBySide(row));
      details.get(row).after(detail);
    } else if (!open && before) {
      before.remove();
    }
  };
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr.row");
    if (row && !String(getSelection())) toggle(row, !opened(row));
  });

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let [found, visible] = [0, 0];
    for (const row of rows) {
      const text = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
      const keep =
        words.every((word) => text.includes(word)) && (!verdict.value || row.dataset.verdict === verdict.value);
      found += keep;
      row.hidden = !keep || visible >= limit;
      visible += !row.hidden;
      if (row.hidden) toggle(row, false);
    }
    shown.textContent = `${visible} of ${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
    all.hidden = visible === found;
  };
  search.addEventListener("input", filter);
  verdict.addEventListener("change", filter);
  all.addEventListener("click", () => {
    limit = Infinity;
    filter();
  });
  filter();
  for (const row of rows.filter((row) => "open" in row.dataset)) toggle(row, true);

  // Numbers by their size, without one last; texts as people order them.
  const collator = new Intl.Collator(undefined, { numeric: true });
  const compare = ([a], [b]) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const [x, y] = [Number(a), Number(b)];
    return Number.isFinite(x) && Number.isFinite(y) ? x - y : collator.compare(a, b);
  };
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const heading = button.parentElement;
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.cells[heading.cellIndex].dataset.value ?? row.cells[heading.cellIndex].textContent;
    const keyed = rows.map((row) => [value(row), row]);
    const [known, unknown] = [keyed.filter(([key]) => key !== ""), keyed.filter(([key]) => key === "")];
    known.sort(compare);
    if (down) known.reverse();
    rows = [...known, ...unknown].map(([, row]) => row);
    body.append(...rows.flatMap((row) => [row, details.get(row), opened(row)].filter(Boolean)));
    filter();
  });
}
