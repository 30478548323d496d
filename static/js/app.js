/* Everything works without this file except arrow keys in the grid and the side panel without a page load. */
import { gridKeys } from "./grid.js";
import { live } from "./live.js";
import { panel } from "./panel.js";

document.querySelectorAll("[role=grid]").forEach(gridKeys);
const inspector = panel();
live((board) => {
  board.querySelectorAll("[role=grid]").forEach(gridKeys);
  inspector?.find();
});
document.querySelector("[data-focus]")?.focus();
// htmx notes the address of the page in the browser's storage; addresses name learners, so it is taken out again.
const forget = () => sessionStorage.removeItem("htmx-current-path-for-history");
forget();
["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"].forEach((event) => {
  document.body.addEventListener(event, forget);
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll("[role=grid]").forEach(gridKeys);
});
// A form comes back with mistakes (422) or because somebody was faster (409): show it. Other errors, which come as whole
// pages, leave the page as it was and say so.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { status, responseText } = event.detail.xhr;
  if ([409, 422].includes(status) && !responseText.includes("<html")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// No answer, or one that is of no use: say so, leave the form as it is. The next good answer takes the bar away.
const fault = document.querySelector("[data-fault]");
["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
  document.body.addEventListener(name, (event) => {
    fault.querySelector("[data-number]").textContent = event.detail.xhr?.getResponseHeader("X-Request-Number") ?? "";
    fault.hidden = false;
  });
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.shouldSwap) fault.hidden = true;
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  (event.target.querySelector("[data-focus]") ?? event.target.querySelector("h2[tabindex]"))?.focus();
});
// Printing is the browser's; a button for it is there only where it works.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
// A menu that lies over the page closes when the focus leaves it, or with Escape.
document.querySelectorAll("details.menu").forEach((menu) => {
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
