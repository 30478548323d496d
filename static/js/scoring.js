/* Score a class by key, each score saved by itself. Without this file the form saves all rows at once. */
import { chosen, commentOf, scoreQueue } from "./score_queue.js";

function entry(table, bar) {
  const rows = [...table.querySelectorAll("tbody tr")];
  const save = scoreQueue(bar, rows);

  const focusRow = (at) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    (chosen(row) ?? row.querySelector("input[type=radio]")).focus();
  };

  const press = (row, key) => {
    const pick = row.querySelector(`input[data-key="${key}"]`);
    pick.checked = true;
    save(row);
    focusRow(rows.indexOf(row) + 1);
  };

  const sameForRest = (row) => {
    const last = rows.slice(0, rows.indexOf(row) + 1).reverse().map(chosen).find(Boolean);
    if (last) rows.filter((one) => !chosen(one)).forEach((one) => press(one, last.dataset.key));
  };

  // Somebody was faster: their score is put into the row, or mine is sent again over it.
  const settle = (row, isMine) => {
    const theirs = row.querySelector(".after span[data-version]");
    if (isMine) save(row);
    else {
      row.querySelectorAll("input[type=radio]").forEach((one) => { one.checked = one.value === theirs.dataset.choice; });
      commentOf(row).value = theirs.dataset.comment;
      row.querySelector(".after .note").remove();
    }
    focusRow(rows.indexOf(row));
  };

  table.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.metaKey || event.ctrlKey || event.altKey) return;
    const at = rows.indexOf(row);
    const key = event.key.toLowerCase();
    if (event.target.type === "text") {
      if (key !== "enter") return;
      focusRow(at);
    } else if (key === "arrowdown" || key === "arrowup") focusRow(at + (key === "arrowdown" ? 1 : -1));
    else if (key === "r") sameForRest(row);
    else if (key === "c") {
      row.querySelector("details").open = true;
      commentOf(row).focus();
    } else if (/^[0-4x]$/.test(key)) press(row, key);
    else return;
    event.preventDefault();
  });
  table.addEventListener("change", (event) => save(event.target.closest("tr")));
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (event.target.closest("[data-keep]")) settle(row, false);
    if (event.target.closest("[data-use]")) settle(row, true);
  });
  const open = rows.findIndex((row) => !chosen(row));
  focusRow(open < 0 ? 0 : open);
  document.getElementById("keys").hidden = false; // keys pressed earlier would go nowhere
}

const table = document.querySelector("[data-entry]");
const bar = document.querySelector("[data-bar]");
if (table && bar) entry(table, bar);
