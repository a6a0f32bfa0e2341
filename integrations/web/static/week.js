// The week: orders without losing one's place on the page, and cards that are dragged to another day.
// A drop only fills in and sends the card's own form "Move"; the server decides, and the page shows what it says.
"use strict";
(() => {
  const DAY = 86400000, STEP = 30 * 60000, NEAR = 6, EDGE = 60;
  const says = document.getElementById("week-says"), answer = document.getElementById("week-answer");
  const text = (name) => document.getElementById("week").dataset[name] || "";
  const instant = (wall) => Date.parse(wall + ":00Z"); // a time on a wall, counted as if its clocks were UTC
  const wall = (at) => new Date(at).toISOString().slice(0, 16);
  const said = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });
  const say = (words) => { says.textContent = words; };
  const form = (card) => card.querySelector('form[action$="/move"]');
  let leaving = false; // a form is on its way to the door
  let held = null; // the card that is being moved: {card, shift, x, y, flying}

  function prepare() {
    for (const card of document.querySelectorAll(".spot")) {
      const handle = card.querySelector(".handle");
      if (handle && form(card)) handle.hidden = false;
    }
  }

  // Orders: send the form, put the new week in the place of the old one, show the answer where the reader is.

  async function send(sent, submitter) {
    const card = sent.closest(".spot, tr"), id = card && card.id;
    const body = new URLSearchParams(new FormData(sent, submitter));
    if (card) card.setAttribute("aria-busy", "true");
    try {
      const response = await fetch((submitter && submitter.getAttribute("formaction")) || sent.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const week = page.getElementById("week");
      if (!week && isDoor(response)) {
        leaving = true;
        return sent.requestSubmit(submitter);
      }
      if (!week) return elsewhere(page, card);
      document.getElementById("week").replaceWith(document.adoptNode(week));
      prepare();
      show(page.querySelector(".told"), week.querySelector(".back"));
      const now = id && document.getElementById(id);
      ((now && now.querySelector(".handle:not([hidden]), summary, a")) || answer).focus({ preventScroll: true });
    } catch {
      if (card) card.removeAttribute("aria-busy");
      tell(text("broken"));
    }
  }

  // The session is over: the form is sent as without a script, so that the door shows what it says and keeps what was typed.
  const isDoor = (response) => response.status === 401 || new URL(response.url).pathname === "/sign-in";

  function elsewhere(page, card) {
    if (card) card.removeAttribute("aria-busy");
    tell([...page.querySelectorAll("main h1, main h1 ~ p")].map((part) => part.textContent.trim()).join(". "));
  }

  function tell(words) {
    const told = document.createElement("ul");
    told.className = "told";
    told.append(Object.assign(document.createElement("li"), { textContent: words }));
    show(told, null);
  }

  function show(told, back) {
    const row = document.createElement("div"), close = document.createElement("button");
    row.className = "row";
    close.type = "button";
    close.className = "button quiet";
    close.textContent = answer.dataset.close;
    close.addEventListener("click", () => { answer.hidden = true; });
    if (back) row.append(back);
    row.append(close);
    answer.replaceChildren(...(told ? [told] : []), row);
    answer.hidden = !told && !back;
    if (told) told.removeAttribute("role");
    say(told ? told.textContent.replace(/\s+/g, " ").trim() : "");
  }

  document.addEventListener("submit", (event) => {
    if (leaving || event.target.method !== "post" || !event.target.closest("#week, #week-answer")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });

  // Moving a card: lifted, shifted, dropped or given up.

  function lift(card) {
    held = { card, shift: 0 };
    card.classList.add("lifted");
    card.querySelector(".spot-head").after(Object.assign(document.createElement("span"), { className: "bound" }));
  }

  function shift(by) {
    held.shift = by;
    const at = instant(held.card.dataset.at) + by, words = said.format(at);
    held.card.querySelector(".bound").textContent = by ? "→ " + words : "";
    for (const day of document.querySelectorAll(".day")) day.classList.toggle("over", Boolean(by) && day.dataset.day === wall(at).slice(0, 10));
    return words;
  }

  function lay() {
    const { card } = held;
    card.classList.remove("lifted", "flying");
    card.style.transform = "";
    card.querySelector(".bound").remove();
    for (const day of document.querySelectorAll(".day.over")) day.classList.remove("over");
    held = null;
    return card;
  }

  function give_up() {
    lay();
    say(text("left"));
  }

  function drop() {
    const by = held.shift, card = lay(), move = form(card);
    if (!by || !move) return say(text("left"));
    const [day, time] = wall(instant(card.dataset.wall) + by).split("T");
    move.elements.date.value = day;
    move.elements.time.value = time;
    say(text("drop"));
    send(move, null);
  }

  // By keyboard: the handle has the focus.

  const STEPS = { ArrowLeft: -DAY, ArrowRight: DAY, ArrowUp: -STEP, ArrowDown: STEP };

  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest && event.target.closest(".handle");
    if (event.key === "Escape" && held) return give_up();
    if (!handle || event.ctrlKey || event.altKey || event.metaKey) return;
    const card = handle.closest(".spot"), step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      if (!held) lift(card);
      say(shift(held.shift + step));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (held) return drop();
      lift(card);
      say(text("taken").replace("{title}", card.dataset.title).replace("{when}", shift(0)));
    }
  });

  document.addEventListener("focusout", (event) => {
    if (held && !held.flying && event.target.closest(".handle")) give_up();
  });

  // By pointer: a mouse takes the card anywhere, a finger takes it by its handle.

  let pressed = null;

  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".spot"), handle = event.target.closest(".handle");
    if (!card || event.button || !card.querySelector(".handle:not([hidden])")) return;
    if (!handle && (event.pointerType !== "mouse" || event.target.closest("a, button, input, select, textarea, summary, label, details"))) return;
    pressed = { card, id: event.pointerId, x: event.pageX, y: event.pageY };
  });

  // Days that stand beside each other reach as far down as the page: a card may be dropped below the last one of a day.
  // A day that is not shown stands nowhere: its box is all zeros.
  function under(x, y) {
    const days = [...document.querySelectorAll(".day")]
      .map((day) => ({ day, box: day.getBoundingClientRect() })).filter(({ box }) => box.width);
    const beside = days.length > 1 && days[0].box.top === days[1].box.top;
    const found = days.find(({ box }) => (beside ? x >= box.left && x <= box.right : y >= box.top && y <= box.bottom));
    return found && found.day;
  }

  document.addEventListener("pointermove", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    const x = event.pageX - pressed.x, y = event.pageY - pressed.y;
    if (!held || !held.flying) {
      if (Math.hypot(x, y) < NEAR) return;
      if (held) give_up();
      lift(pressed.card);
      held.flying = true;
      pressed.card.classList.add("flying");
      getSelection().removeAllRanges();
    }
    event.preventDefault();
    held.card.style.transform = `translate(${x}px, ${y}px)`;
    if (event.clientY < EDGE) scrollBy(0, -12);
    if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
    const day = under(event.clientX, event.clientY);
    shift(day ? instant(day.dataset.day + "T00:00") - instant(held.card.dataset.at.slice(0, 10) + "T00:00") : 0);
  });

  document.addEventListener("pointerup", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    pressed = null;
    if (held && held.flying) drop();
  });

  document.addEventListener("pointercancel", () => {
    pressed = null;
    if (held && held.flying) give_up();
  });

  document.addEventListener("dragstart", (event) => { if (held) event.preventDefault(); });

  prepare();
})();
