/* Scores on their way to the server: each row by itself, kept in memory while there is no connection. */
const RETRY = 5000;
const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

export const chosen = (row) => row.querySelector("input[type=radio]:checked");
export const commentOf = (row) => row.querySelector("input[type=text]");

export function scoreQueue(bar, rows) {
  const waiting = new Map(); // rows whose score is not with the server yet
  const sending = new Set();

  const say = () => {
    const done = rows.filter(chosen).length;
    bar.querySelector("[data-scored]").textContent = done;
    bar.querySelector("[data-progress]").value = done;
    const stuck = [...waiting.values()].filter((one) => one.failed).length;
    const stays = stuck === 1 ? bar.dataset.waitingOne : bar.dataset.waitingMany.replace("{n}", stuck);
    const goes = waiting.size || sending.size ? bar.dataset.saving : bar.dataset.saved;
    bar.querySelector("[data-status]").textContent = stuck ? stays : goes;
  };

  const put = (row, body) =>
    fetch(row.dataset.row, {
      method: "PUT", body, redirect: "error", // to the sign-in: the score waits, it is not with the server
      headers: { "X-CSRFToken": token, "HX-Request": "true" },
    });

  const send = async (row) => {
    if (sending.has(row) || !waiting.has(row)) return;
    const { mark, comment } = waiting.get(row);
    const version = row.querySelector("input[data-version]");
    waiting.delete(row);
    sending.add(row);
    try {
      const answer = await put(row, new URLSearchParams({ mark, comment, version: version.value }));
      if (answer.status >= 500 || [401, 403, 429].includes(answer.status)) throw new Error(answer.status);
      const after = row.querySelector(".after");
      after.innerHTML = await answer.text(); // the server's own fragment, escaped there
      version.value = after.querySelector("[data-version]")?.dataset.version ?? version.value;
    } catch {
      if (!waiting.has(row)) waiting.set(row, { mark, comment, failed: true });
    }
    sending.delete(row);
    if (waiting.has(row) && !waiting.get(row).failed) send(row);
    say();
  };

  const again = () => [...waiting.keys()].forEach(send);
  window.addEventListener("online", again);
  setInterval(again, RETRY);
  window.addEventListener("beforeunload", (event) => {
    document.activeElement?.blur(); // a comment that is being written becomes one that waits
    if (!waiting.size && !sending.size) return;
    event.preventDefault();
    event.returnValue = true; // what older browsers look at
  });

  return (row) => {
    waiting.set(row, { mark: chosen(row)?.value ?? "", comment: commentOf(row)?.value ?? "" });
    send(row);
    say();
  };
}
