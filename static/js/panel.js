/* The side panel: a cell opens in it, Escape goes back to the cell, a saved piece updates the cell. */
export function panel() {
  const place = document.getElementById("inspector");
  if (!place) return null;
  let opened = null;

  // What still stands in the panel is of another cell: it is not to be pressed until the new part is there.
  const busy = (is) => {
    place.setAttribute("aria-busy", String(is));
    place.inert = is;
  };

  const choose = (cell) => {
    document.querySelectorAll(".cell[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    document.querySelectorAll(".cell[tabindex='0']").forEach((other) => { other.tabIndex = -1; });
    cell.setAttribute("aria-current", "true");
    cell.tabIndex = 0;
    opened = cell;
  };

  document.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(cell);
    busy(true);
    window.htmx.ajax("GET", cell.getAttribute("href"), { target: "#inspector", swap: "innerHTML" })
      .finally(() => busy(false));
  });

  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened) {
      event.preventDefault();
      opened.focus();
    }
  });

  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-panel]")) return;
    place.replaceChildren();
    opened?.focus();
  });

  document.body.addEventListener("level-changed", (event) => {
    const { path, level, letter, name, pin } = event.detail;
    const cell = [...document.querySelectorAll(".cell")].find((one) => one.getAttribute("href").startsWith(path));
    if (!cell) return;
    cell.dataset.level = level;
    cell.querySelector(".mk")?.remove();
    cell.firstChild.textContent = letter;
    const icon = document.querySelector("[data-pin] svg");
    if (pin && icon) {
      const mark = Object.assign(document.createElement("span"), { className: "mk pin" });
      mark.append(icon.cloneNode(true));
      cell.append(mark);
    }
    const rest = cell.getAttribute("aria-label").split(":").slice(1).join(":");
    cell.setAttribute("aria-label", `${letter} ${name}${pin ? `, ${pin}` : ""}:${rest}`);
  });

  // The board was drawn anew: the opened cell is another element now.
  const find = () => {
    const href = opened?.getAttribute("href");
    const cell = href && [...document.querySelectorAll(".cell")].find((one) => one.getAttribute("href") === href);
    if (cell) choose(cell);
  };
  return { find };
}
