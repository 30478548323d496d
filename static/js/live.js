/* A board that keeps itself up to date: [data-live] names the stream that says when to read it again.

Without a stream (no live process, a proxy that cuts it off) it looks by itself. What a reader is in the middle of is
never taken away: an open menu or a field with the focus puts the news off until it is asked for. */
const LOOK = 15000; // ms between looks without a stream
const PATIENCE = 3; // failures until it looks by itself

export function live(ready) {
  const watched = document.querySelector("[data-live]");
  if (!watched) return;
  const id = watched.id;
  const path = watched.dataset.live;
  const port = document.querySelector("meta[name='live-port']")?.content;
  const news = document.querySelector("[data-news]");
  let reading = false;
  let again = false;
  let timer = null;

  const board = () => document.getElementById(id);
  const isBusy = () => Boolean(board().querySelector("details[open], :is(input, select, textarea):focus"));

  const show = (fresh) => {
    const old = board();
    const href = document.activeElement?.closest?.(`#${id} a`)?.getAttribute("href");
    const scroll = old.querySelector(".grid-wrap");
    const at = scroll && [scroll.scrollLeft, scroll.scrollTop];
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    ready(fresh);
    const wrap = fresh.querySelector(".grid-wrap");
    if (wrap && at) wrap.scrollTo(at[0], at[1]);
    if (href) [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === href)?.focus({ preventScroll: true });
    if (news) news.hidden = true;
  };

  const read = async (isAskedFor = false) => {
    if (reading) { again = true; return; }
    reading = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      if (!fresh || !board() || plain(fresh) === plain(board())) return;
      if (isBusy() && !isAskedFor) { if (news) news.hidden = false; } else show(fresh);
    } catch {
      // Offline: the next look tries again.
    } finally {
      reading = false;
      if (again) { again = false; read(); }
    }
  };

  const look = () => {
    if (timer) return;
    timer = setInterval(() => { if (!document.hidden) read(); }, LOOK);
  };

  news?.querySelector("button")?.addEventListener("click", () => read(true));
  if (!window.EventSource) return look();
  let failures = 0;
  const connect = () => {
    const url = port ? `${location.protocol}//${location.hostname}:${port}${path}` : path;
    const stream = new EventSource(url, { withCredentials: true });
    stream.addEventListener("open", () => {
      failures = 0;
      clearInterval(timer);
      timer = null;
      document.documentElement.dataset.stream = "open";
      read(); // what moved while nobody listened
    });
    stream.addEventListener("moved", () => read());
    stream.addEventListener("gone", () => stream.close());
    stream.addEventListener("error", () => {
      delete document.documentElement.dataset.stream;
      failures += 1;
      if (stream.readyState === EventSource.CLOSED || failures >= PATIENCE) {
        stream.close();
        look();
        // Somebody may start the process later; until then looking is enough.
        setTimeout(connect, 20 * LOOK);
      }
    });
    addEventListener("pagehide", () => stream.close(), { once: true });
  };
  connect();
}

// What differs from answer to answer without being news, and what the reader's keys have moved.
function plain(element) {
  const copy = element.cloneNode(true);
  copy.removeAttribute("data-keys");
  copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => one.remove());
  copy.querySelectorAll("[data-keys]").forEach((one) => one.removeAttribute("data-keys"));
  copy.querySelectorAll(".cell").forEach((one) => { one.removeAttribute("tabindex"); one.removeAttribute("aria-current"); });
  copy.querySelectorAll("[class]").forEach((one) => one.classList.remove("htmx-added", "htmx-settling", "htmx-swapping"));
  const said = (one) => ["href", "class", "aria-label", "data-level"].map((name) => one.getAttribute(name)).join("|");
  return copy.textContent + [...copy.querySelectorAll("*")].map(said).join();
}
