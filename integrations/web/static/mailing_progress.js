// How a mailing goes, renewed every few seconds while somebody looks; the page itself where its stage has changed.
"use strict";
(() => {
  const EVERY = 5000;
  const shown = () => document.getElementById("progress");
  if (!shown()) return;
  let timer = 0;

  async function renew() {
    timer = 0;
    const now = shown();
    try {
      const response = await fetch(now.dataset.from, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = response.ok && page.getElementById("progress");
      if (!next) return stop();
      if (next.dataset.stage !== now.dataset.stage) return location.reload();
      const focused = now.contains(document.activeElement);
      now.replaceWith(document.adoptNode(next));
      if (focused) (next.querySelector("a") || next).focus({ preventScroll: true });
      later();
    } catch {
      later();
    }
  }

  function stop() { clearTimeout(timer); }
  function later() { if (!timer && !document.hidden) timer = setTimeout(renew, EVERY); }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return later();
    clearTimeout(timer);
    timer = 0;
  });
  later();
})();
