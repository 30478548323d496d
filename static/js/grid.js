/* The ARIA grid pattern: one tab stop; arrows, Home/End, Ctrl+Home/End and Page keys move inside. */
const TEN = 10;

export function gridKeys(grid) {
  if (grid.dataset.keys) return;
  grid.dataset.keys = "on";
  const rows = () => [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".cell")]);

  const go = (cells, r, c) => {
    const row = cells[Math.max(0, Math.min(cells.length - 1, r))];
    const cell = row[Math.max(0, Math.min(row.length - 1, c))];
    grid.querySelectorAll(".cell[tabindex='0']").forEach((other) => { other.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus();
  };

  grid.addEventListener("keydown", (event) => {
    const cells = rows();
    const r = cells.findIndex((row) => row.includes(event.target));
    if (r < 0) return;
    const c = cells[r].indexOf(event.target);
    const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const last = cells[r].length - 1;
    const to = {
      ArrowRight: [r, c + forward], ArrowLeft: [r, c - forward], ArrowDown: [r + 1, c], ArrowUp: [r - 1, c],
      Home: [event.ctrlKey ? 0 : r, 0], End: [event.ctrlKey ? cells.length - 1 : r, last],
      PageDown: [r + TEN, c], PageUp: [r - TEN, c],
    }[event.key];
    if (to) {
      event.preventDefault();
      go(cells, ...to);
    } else if (event.key === " ") {
      event.preventDefault();
      event.target.click();
    }
  });
}
