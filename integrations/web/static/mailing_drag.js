// Blocks of a letter carried to another place: by a mouse or a finger at their handle, by the keyboard, by buttons.
// Only their order on the page changes; the form says it when it is saved.
"use strict";
(() => {
  const NEAR = 6, EDGE = 60;
  const says = document.getElementById("letter-says");
  const list = () => document.getElementById("blocks");
  const text = (name) => document.getElementById("letter").dataset[name] || "";
  const say = (words) => { says.textContent = words; };
  const place = (block) => [...list().children].indexOf(block) + 1;
  const placed = (name, block) => text(name).replace("{number}", place(block)).replace("{total}", list().children.length);
  let held = null; // {block, before: its former neighbour, y, flying, id}

  window.otdelHandles = () => {
    if (!list() || list().closest("fieldset:disabled")) return;
    for (const handle of list().querySelectorAll(".handle")) handle.hidden = false;
    number();
  };

  // The first cannot go up, the last cannot go down; numbers follow.
  function number() {
    const blocks = [...list().children];
    blocks.forEach((block, at) => {
      block.querySelector("summary .number").textContent = at + 1;
      const [up, down] = block.querySelectorAll(":scope > details > .block-fields > .block-buttons [data-move]");
      if (up) up.disabled = at === 0;
      if (down) down.disabled = at === blocks.length - 1;
    });
  }

  function swap(block, by) {
    const to = by < 0 ? block.previousElementSibling : block.nextElementSibling;
    if (!to) return false;
    if (by < 0) to.before(block);
    else to.after(block);
    return true;
  }

  // A button of a whole block; those inside columns are the server's.
  window.otdelMove = (button) => {
    const block = button.closest(".block");
    if (button.closest(".inner-block") || !swap(block, Number(button.dataset.move))) return false;
    number();
    say(placed("put", block));
    const other = block.querySelector(`:scope > details > .block-fields > .block-buttons [data-move="${-button.dataset.move}"]`);
    (button.disabled ? other : button).focus();
    return true;
  };

  function lift(block) {
    held = { block, next: block.nextElementSibling };
    block.classList.add("lifted");
  }

  function put(back) {
    const { block, next } = held;
    if (back) list().insertBefore(block, next);
    const moved = block.nextElementSibling !== next;
    block.classList.remove("lifted", "flying");
    block.style.transform = "";
    held = null;
    number();
    if (moved) window.otdelChanged();
    say(back ? text("left") : placed("put", block));
  }

  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest && event.target.closest("#blocks .handle");
    if (event.key === "Escape" && held) {
      const again = held.block.querySelector(".handle");
      put(true);
      return again.focus();
    }
    if (!handle || event.ctrlKey || event.altKey || event.metaKey) return;
    const block = handle.closest(".block");
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      if (!held) lift(block);
      held.moving = true;
      swap(block, event.key === "ArrowUp" ? -1 : 1);
      handle.focus();
      held.moving = false;
      say(placed("place", block));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (held) return put(false);
      lift(block);
      say(text("taken").replace("{title}", block.dataset.title));
    }
  });

  document.addEventListener("focusout", (event) => {
    if (held && !held.flying && !held.moving && event.target.closest(".handle")) put(false);
  });

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("#blocks .handle");
    if (!handle || event.button) return;
    if (held) put(false);
    lift(handle.closest(".block"));
    held.id = event.pointerId;
    held.y = event.pageY;
    held.flying = true;
  });

  document.addEventListener("pointermove", (event) => {
    if (!held || !held.flying || event.pointerId !== held.id) return;
    if (!held.moved && Math.abs(event.pageY - held.y) < NEAR) return;
    event.preventDefault();
    if (!held.moved) getSelection().removeAllRanges();
    held.moved = true;
    held.block.classList.add("flying");
    held.block.style.transform = `translateY(${event.pageY - held.y}px)`;
    if (event.clientY < EDGE) scrollBy(0, -12);
    if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
    for (let turns = 0; turns < 50 && step(event); turns += 1);
  });

  // Past the middle of a neighbour the two change places, and the block stays under the finger.
  function step(event) {
    const { block } = held, box = block.getBoundingClientRect(), middle = (box.top + box.bottom) / 2;
    for (const by of [-1, 1]) {
      const other = by < 0 ? block.previousElementSibling : block.nextElementSibling;
      if (!other) continue;
      const there = other.getBoundingClientRect(), line = (there.top + there.bottom) / 2;
      if (by < 0 ? middle >= line : middle <= line) continue;
      const before = block.offsetTop;
      swap(block, by);
      held.y += block.offsetTop - before;
      block.style.transform = `translateY(${event.pageY - held.y}px)`;
      return true;
    }
    return false;
  }

  const over = (event) => held && held.flying && event.pointerId === held.id;
  document.addEventListener("pointerup", (event) => { if (over(event)) put(false); });
  document.addEventListener("pointercancel", (event) => { if (over(event)) put(true); });
  document.addEventListener("dragstart", (event) => { if (held) event.preventDefault(); });

  window.otdelHandles();
})();
