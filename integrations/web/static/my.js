// The personal page: kept by the phone, looked after when there is a network, honest about when there is none.
"use strict";

(() => {
  const here = document.body.dataset.here;
  const reloaded = "personal page reloaded for";
  let chosen = false; // an answer that is being given is not taken away because of a seat that somebody else took
  const bar = document.getElementById("offline");

  const drawnWith = () => [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], link[rel=manifest], script[src], img[src]")]
    .map((one) => one.src || one.href);

  async function keep() {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(here + "/worker.js", { scope: here });
    const ready = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { if (data) document.body.dataset.kept = "yes"; };
    ready.active.postMessage({ keep: [here, ...drawnWith()] }, [port2]);
  }

  async function forget() {
    for (const name of await caches.keys()) if (name === "personal page " + here) await caches.delete(name);
    for (const one of await navigator.serviceWorker.getRegistrations()) {
      if (new URL(one.scope).pathname === here) await one.unregister();
    }
  }

  // The answer to a form stands at an address of its own: loaded again, it would be sent again.
  const afresh = () => (location.pathname === here ? location.reload() : location.replace(here));

  // “Online” is said before anything can be reached; what fails is tried again, less and less often.
  const FIRST = 1000, LONGEST = 60000;
  let wait = FIRST, again;

  async function look() {
    let answer;
    try {
      answer = await fetch(here + "/now", { cache: "no-store" });
    } catch {
      bar.hidden = false;
      clearTimeout(again);
      again = setTimeout(look, wait);
      wait = Math.min(2 * wait, LONGEST);
      return;
    }
    bar.hidden = true;
    wait = FIRST;
    const told = answer.headers.get("x-personal-page");
    if (told === "gone") {
      if ("serviceWorker" in navigator) await forget();
      afresh();
    } else if (told === "whole") {
      const now = (await answer.json()).print;
      if (now !== document.body.dataset.print && sessionStorage.getItem(reloaded) !== now && !chosen) {
        sessionStorage.setItem(reloaded, now);
        afresh();
      }
    }
  }

  // A page that was kept does not know that a coupon has ended meanwhile.
  function end() {
    for (const coupon of document.querySelectorAll("[data-ends]")) {
      const over = Date.parse(coupon.dataset.ends) < Date.now();
      coupon.classList.toggle("over", over);
      coupon.querySelector(".ended").hidden = !over;
    }
  }

  const offer = document.getElementById("install");
  let asking;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asking = event;
    offer.hidden = false;
  });
  offer.addEventListener("click", async () => {
    offer.hidden = true;
    if (asking) await asking.prompt();
  });

  document.addEventListener("change", (event) => { chosen = chosen || Boolean(event.target.closest(".invited")); });
  addEventListener("online", look);
  addEventListener("offline", () => { bar.hidden = false; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); end(); } });
  keep().catch(() => {});
  look();
  end();
})();
