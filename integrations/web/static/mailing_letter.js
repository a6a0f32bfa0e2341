// The letter while it is written: every button of the form is carried out without losing one's place, the picture
// beside it follows what is typed, and what is not saved is not left by mistake. The server makes all there is to see.
"use strict";
(() => {
  const SOON = 700;
  const says = document.getElementById("letter-says");
  const letter = () => document.getElementById("letter"), form = () => document.getElementById("letter-form");
  const text = (name) => letter().dataset[name] || "";
  let leaving = false, timer = 0, last = null, asked = 0, busy = false;
  const say = (words) => { says.textContent = ""; says.textContent = words; };

  document.documentElement.classList.add("scripted");

  // Buttons: the form goes as it would without a script, and the new letter takes the place of the old one.

  async function send(submitter) {
    const sent = form(), body = new URLSearchParams(new FormData(sent, submitter)), kept = keep();
    const meant = (submitter && submitter.value) || "";
    busy = true;
    letter().setAttribute("aria-busy", "true");
    try {
      let response = await fetch(sent.getAttribute("action"), { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (response.status === 201) {
        history.replaceState(null, "", response.headers.get("Location"));
        response = await fetch(response.headers.get("Location"));
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (page.getElementById("letter")) return show(page, kept, meant);
      if (isDoor(response)) return leave(submitter);
      trouble([...page.querySelectorAll("main h1, main h1 ~ p")].map((part) => part.textContent.trim()).join(". "));
    } catch {
      trouble(text("broken"));
    } finally {
      busy = false;
      letter().removeAttribute("aria-busy");
    }
  }

  const isDoor = (response) => response.status === 401 || response.status === 403 || new URL(response.url).pathname === "/sign-in";

  // The session is over: the form goes as without a script, so that the door keeps what was typed.
  function leave(submitter) {
    leaving = true;
    form().requestSubmit(submitter);
  }

  function trouble(words) {
    const told = document.createElement("p");
    told.className = "objection";
    told.setAttribute("role", "alert");
    told.textContent = words;
    for (const old of letter().querySelectorAll(":scope > p.objection")) old.remove();
    letter().prepend(told);
  }

  function keep() {
    const open = [...document.querySelectorAll("#letter details[open]")].map(keyOf).filter(Boolean);
    const chosen = [...document.querySelectorAll("#switches input:checked")].map((input) => input.id || input.value);
    const frame = document.getElementById("letter-frame");
    return { open, chosen, frame, focus: document.activeElement && (document.activeElement.id || document.activeElement.value) };
  }

  // A folded part is known by the block it belongs to and by which of its parts it is.
  function keyOf(part) {
    const block = part.closest(".block");
    const among = [...(block || letter()).querySelectorAll("details")];
    return `${block ? block.id : ""}/${among.indexOf(part)}/${part.className}`;
  }

  function show(page, kept, meant) {
    const next = document.adoptNode(page.getElementById("letter")), told = page.querySelector("main > [role=status] .told");
    letter().replaceWith(next);
    for (const part of next.querySelectorAll("details")) if (kept.open.includes(keyOf(part)) && !part.matches(".adding, .personal")) part.open = true;
    for (const input of next.querySelectorAll("#switches input")) if (kept.chosen.includes(input.id || input.value)) input.checked = true;
    const opened = next.dataset.opened && document.getElementById(`b-${next.dataset.opened}`);
    if (opened) opened.querySelector("details").open = true;
    if (window.htmx) window.htmx.process(next);
    for (const old of document.querySelectorAll("main > [role=status]:not(#letter-says)")) old.remove();
    if (told) letter().before(told.parentElement);
    prepare();
    redraw();
    land(next, opened, meant, told);
  }

  // Where the reader stands afterwards: at the new block, at the way back from a deletion, at what is wrong, or where they were.
  function land(next, opened, meant, told) {
    const wrong = next.querySelector('[aria-invalid="true"]'), verb = meant.split(":")[0];
    const back = verb === "remove" && next.querySelector(".undo button");
    const again = next.querySelector(`button[value="${CSS.escape(meant)}"]:not(:disabled)`);
    const into = ["add", "copy", "undo"].includes(verb) && opened && (opened.querySelector(
      ".block-fields input:not([type=hidden]), .block-fields textarea, .block-fields select") || opened.querySelector("summary"));
    const there = back || into || (["save", "over"].includes(verb) && wrong) || again || opened && opened.querySelector("summary");
    if (there) {
      const fold = there.closest("details:not([open])");
      if (fold) fold.open = true;
      there.focus({ preventScroll: false });
    }
    const said = told || next.querySelector(":scope > .objection, :scope > .told-plain");
    say(said ? said.textContent.replace(/\s+/g, " ").trim() : "");
    if (told) told.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("submit", (event) => {
    const sent = event.target, submitter = event.submitter;
    if (sent.id !== "letter-form" || leaving) return;
    if (submitter && submitter.formTarget) return;
    event.preventDefault();
    if (busy) return;
    if (submitter && submitter.dataset.move && window.otdelMove && window.otdelMove(submitter)) return changed();
    if (submitter && submitter.value.startsWith("place:") && insert(submitter)) return changed();
    send(submitter);
  });

  // Personal places go where the cursor was.

  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-personal]")) last = event.target; });

  function insert(button) {
    const place = button.closest(".place"), where = button.closest(".inner-block, .block, .inbox-fields");
    const chosen = place.querySelector("[data-where]");
    const fields = [...where.querySelectorAll("[data-personal]")].filter((one) => one.closest(".inner-block, .block, .inbox-fields") === where);
    const named = chosen && fields.find((one) => one.dataset.personal === chosen.value);
    const target = last && fields.includes(last) && (!named || named === last) ? last : named || fields[0];
    if (!target) return false;
    const otherwise = place.querySelector("[data-else]").value.trim().replace(/\\/g, "\\\\").replace(/"/g, '\\"');
    const field = place.querySelector("[data-place]").value;
    const at = target === last ? target.selectionStart : target.value.length;
    const end = target === last ? target.selectionEnd : at;
    target.focus();
    target.setRangeText(otherwise ? `{{ ${field} | default("${otherwise}") }}` : `{{ ${field} }}`, at, end, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
    say(text("inserted"));
    return true;
  }

  // What is typed: counted, marked as not saved, and drawn soon.

  const parts = window.Intl && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  const length = (words) => (parts ? [...parts.segment(words)].length : [...words].length);
  const filled = (words) => words.replace(/\{\{[^{}]*\}\}/g, (place) => (/default\("((?:[^"\\]|\\.)*)"/.exec(place) || ["", "xxxxxx"])[1]);

  function count() {
    for (const counter of document.querySelectorAll("[data-counts]")) {
      const field = document.getElementById(counter.dataset.counts), most = Number(counter.dataset.most);
      const number = length(filled(field.value));
      counter.textContent = counter.dataset.words.replace("{number}", number).replace("{most}", most);
      counter.toggleAttribute("data-over", number > most);
    }
  }

  function changed() {
    form().elements.changed.value = "1";
    form().dataset.changed = "yes";
    const unsaved = document.getElementById("unsaved");
    if (unsaved) unsaved.textContent = text("changed");
    count();
    clearTimeout(timer);
    timer = setTimeout(redraw, SOON);
  }
  window.otdelChanged = changed;

  document.addEventListener("input", (event) => {
    if (!event.target.form || event.target.form !== form()) return;
    if (event.target.matches("[data-redraws]")) {
      clearTimeout(timer);
      timer = setTimeout(redraw, event.target.type === "radio" ? 0 : SOON);
    } else if (!event.target.name.startsWith("view-")) changed();
  });

  // The picture: drawn in a frame that waits behind the one that is seen, and takes its place when it has come.

  async function redraw() {
    const button = document.getElementById("redraw"), seen = document.getElementById("letter-frame");
    if (!seen || busy) return;
    if (!button) return;
    const mine = ++asked, name = `letter-frame-${mine}`;
    for (const late of document.querySelectorAll("iframe.coming")) late.remove();
    const next = seen.cloneNode();
    next.removeAttribute("src");
    next.removeAttribute("loading");
    next.name = name;
    next.id = "";
    next.className = "coming";
    next.addEventListener("load", () => {
      if (mine !== asked || !hasCome(next)) return;
      const top = scrolled(seen);
      next.className = "";
      next.id = "letter-frame";
      next.name = "letter-frame";
      seen.remove();
      try { next.contentWindow.scrollTo(0, top); } catch { /* it stands at its beginning */ }
    });
    seen.after(next);
    button.formTarget = name;
    form().requestSubmit(button);
    button.formTarget = "letter-frame";
    look(mine);
  }

  // An answer that is no letter, as that of the door, stays behind: what is seen is the last that was drawn.
  function hasCome(frame) {
    try { return frame.contentWindow.location.pathname.endsWith("/frame"); } catch { return false; }
  }

  function scrolled(frame) {
    try { return frame.contentWindow.scrollY; } catch { return 0; }
  }

  async function look(mine) {
    const body = new URLSearchParams(new FormData(form()));
    try {
      const response = await fetch(text("look"), { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!response.ok || response.status === 204 || mine !== asked) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      document.getElementById("look").replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
      const now = document.getElementById("sms-now"), told = document.getElementById("sms-count");
      if (now && told) told.textContent = now.content.textContent.trim();
    } catch { /* the next one comes with the next word */ }
  }

  // A finding leads to its block, which opens itself; whoever adds a block means it behind the one they are at.

  function open(hash) {
    const block = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!block || !block.matches(".block")) return;
    block.querySelector("details").open = true;
    block.scrollIntoView({ block: "nearest" });
    block.querySelector("summary").focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('#look a[href^="#b-"]');
    if (!link) return;
    event.preventDefault();
    open(link.hash);
  });

  document.addEventListener("focusin", (event) => {
    const block = event.target.closest(".block"), where = document.getElementById("view-after");
    if (block && where && [...where.options].some((one) => one.value === block.dataset.id)) where.value = block.dataset.id;
  });

  addEventListener("beforeunload", (event) => {
    if (!leaving && form() && form().dataset.changed) event.preventDefault();
  });

  function prepare() {
    if (window.otdelHandles) window.otdelHandles();
    count();
  }

  prepare();
  if (innerWidth < 760 && document.getElementById("view-phone")) document.getElementById("view-phone").checked = true;
  open(location.hash);
  if (form() && form().dataset.changed) redraw();
})();
