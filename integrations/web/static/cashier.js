"use strict";
/* The cashier's page: one screen at a time, one order at a time. Whatever has happened is written down here before the
   house is told; it is taken off this list only when the house has said that it has it. */
(() => {
  const HOME = "/till/page", PATIENCE = 8000, LIST_PATIENCE = 120000, LOOK_EVERY = 15000, LIST_EVERY = 1800000;
  const $ = (id) => document.getElementById(id);
  const words = $("words").dataset;
  const say = (word, more = {}) => words[word].replace(/\{(\w+)\}/g, (all, name) => (name in more ? more[name] : all));
  const screens = [...document.querySelectorAll("[data-screen]")];

  let state = null;    // what the house last said of us
  let now = null;      // the receipt at hand, as Receipt makes it
  let adding = false;  // the next code is another coupon of this receipt
  let queue = [];      // what the house has not been told yet
  const unread = new Set();  // what this house does not understand; told again when the page is opened anew
  const unheard = [];
  let offset = 0, online = true, chosen = null, pin = "", flushing = false, listing = false, listed = 0, inFlight = "", shown = "";

  class NoNetwork extends Error {}

  const clock = () => Date.now() + offset;
  const money = (minor) => new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency", currency: state.currency.code, minimumFractionDigits: minor % 10 ** state.currency.digits ? state.currency.digits : 0,
  }).format(minor / 10 ** state.currency.digits);

  // Talking to the house.

  /* Who waits longer asks for something large: that it does not come says nothing of the network. */
  async function call(path, body, patience = PATIENCE) {
    const lost = () => { if (patience === PATIENCE) reachable(false); return new NoNetwork(); };
    const how = { headers: {}, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(patience) };
    if (body !== undefined) Object.assign(how, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    let answer;
    try { answer = await fetch(`${HOME}/${path}`, how); } catch { throw lost(); }
    if (answer.status >= 500) throw lost();
    const said = (await answer.json().catch(() => null)) || (answer.status === 413 ? {} : null);
    if (!said || !(answer.ok || said.code || answer.status === 413)) throw lost();  // whoever answers that is not the house
    reachable(true);
    return { ok: answer.ok, status: answer.status, said };
  }

  function reachable(yes) {
    online = yes;
    $("net").hidden = yes && !queue.length;
    const parts = [yes ? "" : say("offline"), queue.length ? say("queued", { number: queue.length }) : ""];
    $("net").textContent = parts.filter(Boolean).join(" ");
  }

  async function look() {
    try {
      const { ok, said } = await call("state");
      if (!ok || typeof said.now !== "number") throw new NoNetwork();  // whoever answers that is not the house
      offset = said.now - Date.now();
      state = said;
      await Store.put("state", { ...said, offset });
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
      if (!state) { state = (await Store.get("state")) || null; offset = state ? state.offset || 0 : 0; }
    }
    if (state && state.shift && state.shift.ends <= clock()) state.shift = null;
  }

  async function renewList() {
    if (!state || !state.shift || listing || Date.now() - listed < LIST_EVERY) return;
    listing = true;
    try {
      const answer = await call("list", undefined, LIST_PATIENCE);
      if (!answer.ok) return;
      await Offline.take(answer.said);
      if (!queue.length) await Store.put("used", {});
      listed = Date.now();
    } finally { listing = false; }
  }

  // Screens.

  function show(name) {
    if (name !== shown) shutCamera();  // it reads for the screen that it was opened on
    shown = name;
    $("adding").hidden = $("adding-back").hidden = !(adding && now);
    if (adding && now) $("adding").textContent = say("adding", { coupons: named(now) });
    screens.forEach((one) => { one.hidden = one.dataset.screen !== name; });
    const works = state && state.shift;
    $("nav").hidden = !works;
    $("to-points").hidden = !(state && state.points) && !Points.waits();
    const tab = name === "shift" ? "shift" : name.startsWith("points") ? "points" : "scan";
    ["scan", "points", "shift"].forEach((one) => $(`to-${one}`).setAttribute("aria-current", one === tab ? "page" : "false"));
    if (state) $("outlet").textContent = state.outlet || state.company;
    $("cashier").textContent = works ? `· ${works.cashier}` : "";
    count();
    window.scrollTo(0, 0);
  }

  function home() {
    if (!state) return show("wait");
    if (!state.paired) return show("pair");
    if (!state.shift) return names();
    adding = false;
    if (now && now.told) return tell();
    show("scan");
  }

  function count() {
    const kept = number(lines().filter((line) => !line.undone));
    $("shift-count").textContent = kept ? `(${kept})` : "";
  }

  function buttons(box, signs, press, wide = []) {
    box.replaceChildren(...signs.map((sign) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      if (wide.includes(sign)) button.className = "wide";
      if (sign === "⌫") button.setAttribute("aria-label", say("erase"));
      button.addEventListener("click", () => press(sign));
      return button;
    }));
  }

  // Pairing and signing in.

  async function pair() {
    const token = new URLSearchParams(location.hash.slice(1)).get("pair");
    $("pair-go").hidden = !token;
    if (!token) return;
    try {
      const answer = await call("pair", { token });
      history.replaceState(null, "", HOME);
      if (!answer.ok) { $("pair-said").textContent = answer.said.said; $("pair-go").hidden = true; return; }
      await Store.drop("list-key");
      await look();
      home();
    } catch { $("pair-said").textContent = say("network"); }
  }

  function names() {
    $("names").replaceChildren(...(state.cashiers || []).map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = one.name;
      button.addEventListener("click", () => { chosen = one; pin = ""; $("pin-name").textContent = one.name; $("pin-said").textContent = ""; dots(); show("pin"); });
      return button;
    }));
    $("nobody").hidden = !!(state.cashiers || []).length;
    show("sign");
  }

  const dots = () => { $("pin-dots").textContent = "●".repeat(pin.length); };

  async function press(sign) {
    if (sign === "⌫") pin = pin.slice(0, -1);
    else if (sign !== "OK") pin = (pin + sign).slice(0, 8);
    dots();
    if (sign !== "OK" || pin.length < 4) return;
    const tried = pin;
    pin = "";  // so that a second press is no second try
    dots();
    try {
      const answer = await call("sign-in", { cashier: chosen.id, pin: tried });
      if (!answer.ok) { $("pin-said").textContent = answer.said.said; return; }
      now = null;
      await Store.drop("now");
      await look();
      listed = 0;
      home();
      if (Points.waits()) Points.open();
      renewList().catch(() => {});
    } catch { $("pin-said").textContent = say("network"); }
  }

  // A coupon.

  /* Not randomUUID(), which browsers keep from pages without TLS. */
  const chance = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  const key = () => `${state.shift.id}-${chance()}`;
  const named = (receipt) => Receipt.given(receipt.told).map((one) => [one.title, one.masked].filter(Boolean).join(" · ")).join(" + ");

  async function begin(typed, scanned) {
    $("code-said").textContent = "";
    if (!typed.trim()) { $("code-said").textContent = say("noCode"); return; }
    let kept = Code.read(typed, state.forms, scanned);
    if (kept === null && online) {  // codes of another look may have been issued since this page was opened
      await alone(look);
      if (!state.shift) return home();
      kept = Code.read(typed, state.forms, scanned);
    }
    if (kept === null) { $("code-said").textContent = say("mistyped"); return; }
    const coupon = { typed: kept || typed, scanned };
    if (!adding || !now) {
      now = Receipt.begun(key(), coupon);
      return ask();
    }
    if (now.coupons.some((one) => one.typed === coupon.typed)) { $("code-said").textContent = say("twice"); return; }
    if (now.coupons.length >= Receipt.MOST) { $("code-said").textContent = say("most", { number: Receipt.MOST }); return; }
    const before = now;
    now = Receipt.added(now, coupon);
    await ask(before);
  }

  /* Ask about the receipt as it is now. `before` is what stands where nothing comes of it, `notes` what is said of it. */
  async function ask(before = null, notes = []) {
    adding = false;
    shutCamera();  // what it finds now is another coupon
    await alone(() => asking(before, notes));
  }

  async function asking(before, notes) {
    if (now.held) now = Receipt.renewed(now, key());
    now.held = true;  // until the answer says otherwise: it may be lost
    try {
      const answer = await call("ask", Receipt.asked(now));
      if (answer.status === 401) return expelled();
      if (!answer.ok) return before ? restore(before, answer.said.said) : forget(answer.said.said);
      now.told = answer.said;
      now.held = answer.said.step === "order";
      if (now.told.step === "needs" || now.held) turnAway(answer.said.turned || [], notes);
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
      if (before) return restore(before, say("severalOffline"));
      await judge();
    }
    await Store.put("now", now);
    tell();
  }

  /* Who is not on the receipt is said once; the others are. */
  function turnAway(turned, notes) {
    const said = turned.map((one) => say("turned", { coupon: one.title || one.masked || "…", said: [one.said, one.more].filter(Boolean).join(" ") }));
    now = { ...Receipt.without(now, turned.map((one) => one.n)), notes: [...notes, ...said] };
  }

  async function judge() {
    if (now.coupons.length > 1) {
      now.told = { ...now.told, step: "refused", said: say("severalOffline"), title: "", masked: "", more: "", offline: true };
      return;
    }
    const used = (await Store.get("used")) || {};
    now.told = await Offline.judge(now.coupons[0].typed, now, { now: clock(), zone: state.zone, money, used });
    now.told.offline = true;
    now.notes = [];
    if (now.told.word) now.told.said = say(now.told.word, now.told.words);
  }

  /* The receipt stands as it stood; what this try may have held is let go with the next word to the house. */
  async function restore(before, said) {
    const tried = now.key === before.key ? [] : [now.key];
    now = { ...before, former: [...before.former, ...tried].slice(-Receipt.KEYS), held: true, notes: [said] };
    await Store.put("now", now);
    tell();
  }

  function forget(said) {
    $("code-said").textContent = said;
    if (now.former.length) letGo({ key: now.key, instead: now.former });
    now = null;
    Store.drop("now");
    show("scan");
  }

  function more() {
    if (now.told.step === "needs") {  // what is typed already is not typed again
      const { needs } = now.told, lines = read(needs).lines.filter((line) => line.amount > 0 && line.quantity > 0);
      if (needs.guests > 1) now.guests = Math.min(whole($("guests").value) || 0, needs.guests);
      Object.assign(now, { lines, about: Receipt.about(needs), asked: false, askedFor: 1, shown: $("who").value.trim() });
    }
    adding = true;
    $("code").value = $("code-said").textContent = "";
    show("scan");
  }

  async function remove(n) {
    const before = now;
    now = Receipt.without(now, [n]);
    await ask(before);
  }

  async function expelled() {
    await look();
    now = null;
    home();
  }

  function tell() {
    const told = now.told;
    if (told.step === "wrong") return forget(told.said);
    if (told.step === "needs") return askNeeds(told);
    if (told.step === "order") {
      $("order-title").textContent = now.coupons.length > 1 ? "" : named(now);
      $("order").textContent = told.said;
      $("order-more").textContent = told.more || "";
      $("order-said").textContent = "";
      $("receipt").value = now.receipt;
      coupons_($("order-coupons"), $("order-notes"));
      return show("order");
    }
    $("no-title").textContent = [told.title, told.masked].filter(Boolean).join(" · ");
    $("no-said").textContent = told.said;
    $("no-more").textContent = told.more || "";
    const needs = told.needs;
    $("no-mend").hidden = !(needs && (needs.sum || needs.each || needs.kinds || needs.quantity || needs.who || needs.guests > 1));
    show("no");
  }

  /* The coupons of the receipt, where there are several, and what is said of those that are not on it. */
  function coupons_(list, notes) {
    notes.textContent = now.notes.join(" ");
    const all = now.coupons.length > 1 ? Receipt.given(now.told) : [];
    list.replaceChildren(...all.map((one, n) => {
      const row = document.createElement("li"), about = document.createElement("div"), button = text("button", say("remove"));
      button.type = "button";
      button.setAttribute("aria-label", `${say("remove")}: ${one.title} ${one.masked}`);
      button.addEventListener("click", () => remove(n));
      about.append(text("p", one.amount ? `${one.title} — ${money(one.amount)}` : one.title), text("p", one.masked, "soft"));
      row.append(about, button);
      return row;
    }));
  }

  function askNeeds(told) {
    const needs = told.needs;
    $("needs-title").textContent = now.coupons.length > 1 ? "" : told.title;
    $("needs-said").textContent = "";
    $("sum-box").hidden = !needs.sum;
    $("which-box").hidden = needs.each || needs.kinds || needs.goods.length < 2;
    $("quantity-box").hidden = !needs.quantity;
    $("kinds-box").hidden = !needs.kinds;
    $("each-box").hidden = !needs.each;
    $("guests-box").hidden = needs.guests < 2;
    $("guests").max = needs.guests;
    $("who-box").hidden = !needs.who;
    const goods = needs.goods.map((one) => one.title).join(", ") || needs.but;
    $("sum-label").textContent = goods && needs.sum ? say("goodsSum", { goods }) : $("sum-label").dataset.plain;
    const isPart = goods && !needs.sum && !needs.kinds && needs.goods.every((one) => one.product || one.group);
    $("needs-goods").textContent = isPart ? say("only", { goods }) : "";
    choices($("which"), needs);
    $("each").replaceChildren();
    $("kinds").replaceChildren(...(needs.kinds ? needs.goods.map((goods) => kind(goods, typedFor(needs))) : []));
    if (needs.each) (typedFor(needs).length ? typedFor(needs) : [null]).forEach((line) => oneMore(line));
    coupons_($("needs-coupons"), $("needs-notes"));
    show("needs");
    const first = needs.sum ? $("sum") : needs.kinds ? $("kinds").querySelector("input") : needs.who ? $("who") : null;
    const before = typedFor(needs);
    $("sum").value = typedSum(before);
    $("quantity").value = before.length ? before[0].quantity : 1;
    $("guests").value = now.guests || needs.expected || 1;
    $("guests-said").textContent = told.said || "";
    $("who").value = now.shown;
    if (first) first.focus();
  }

  /* What was typed of this receipt for the same question; nothing of the former receipt, nor of other goods. */
  const typedFor = (needs) => (now.about === Receipt.about(needs) ? now.lines : []);
  const typedSum = (some) => { const sum = some.reduce((all, line) => all + line.amount, 0); return sum ? String(sum / 10 ** state.currency.digits) : ""; };

  /* The sum of one kind of goods, with what was typed for it before. */
  function kind(goods, before) {
    const label = document.createElement("label"), input = document.createElement("input");
    const mine = before.filter((line) => line.product === goods.product && line.group === goods.group);
    Object.assign(input, { inputMode: "decimal", maxLength: 14, value: typedSum(mine) });
    label.append(say("goodsSum", { goods: goods.title }), input);
    return label;
  }

  function choices(select, needs) {
    select.replaceChildren(...needs.goods.map((one, n) => new Option(one.title, n)));
  }

  /* Goods by price and number: those that were typed before, or room for more. */
  function oneMore(line) {
    const needs = now.told.needs, row = document.createElement("div");
    row.className = "each";
    const price = document.createElement("input"), number = document.createElement("input");
    Object.assign(price, { inputMode: "decimal", maxLength: 14, placeholder: say("price"), value: line ? typedSum([{ amount: line.amount / line.quantity }]) : "" });
    Object.assign(number, { inputMode: "numeric", maxLength: 5, value: line ? line.quantity : 1 });
    price.setAttribute("aria-label", say("price"));
    number.setAttribute("aria-label", say("number"));
    if (needs.goods.length > 1) {
      const which = document.createElement("select");
      choices(which, needs);
      which.setAttribute("aria-label", needs.goods.map((one) => one.title).join(", "));
      if (line) which.value = needs.goods.findIndex((one) => one.product === line.product && one.group === line.group);
      row.append(which);
    }
    row.append(price, number);
    $("each").append(row);
    price.focus();
  }

  const minor = (text) => Receipt.minor(text, state.currency.digits);

  /* NaN for what is no number of whole pieces: a guess at it would be a wrong discount. */
  const whole = (text) => (/^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 10000 ? Number(text) : NaN);

  const goodsOf = ({ goods }, n) => ({ product: goods[n] ? goods[n].product : "", group: goods[n] ? goods[n].group : "" });

  /* What was typed of the receipt, and what of it is no number or no sum. */
  function read(needs) {
    let lines = [];
    if (needs.each) {
      lines = [...$("each").children].map((row) => {
        const [price, number] = row.querySelectorAll("input"), which = row.querySelector("select");
        const quantity = whole(number.value), amount = price.value.trim() ? Receipt.atMost(minor(price.value) * quantity) : 0;
        return { ...goodsOf(needs, which ? Number(which.value) : 0), quantity, amount };
      }).filter((row) => row.amount !== 0);
    } else if (needs.kinds) {
      lines = [...$("kinds").querySelectorAll("input")].map((input, n) => ({
        ...goodsOf(needs, n), quantity: 1, amount: input.value.trim() ? minor(input.value) : 0,
      })).filter((row) => row.amount !== 0);
    } else if (needs.sum || needs.quantity) {
      const which = needs.goods.length > 1 ? Number($("which").value) : 0;
      lines = [{ ...goodsOf(needs, which), amount: needs.sum ? minor($("sum").value) : 0, quantity: needs.quantity ? whole($("quantity").value) : 1 }];
    }
    const noSum = lines.some((line) => Number.isNaN(line.amount)) || ((needs.each || needs.kinds) && !lines.length);
    return { lines, noSum, noNumber: lines.some((line) => Number.isNaN(line.quantity)) };
  }

  async function answered(event) {
    event.preventDefault();
    const needs = now.told.needs, { lines, noSum, noNumber } = read(needs), guests = needs.guests > 1 ? whole($("guests").value) : now.guests;
    if (Number.isNaN(guests) || noNumber) { $("needs-said").textContent = say("noNumber"); return; }
    if (noSum) { $("needs-said").textContent = say("noSum"); return; }
    Object.assign(now, {
      lines, about: Receipt.about(needs), asked: true, askedFor: now.coupons.length, guests: Math.min(guests, needs.guests), shown: needs.who ? $("who").value.trim() : "",
    });
    await ask();
  }

  async function leave() {
    const left = now;
    now = null;
    adding = false;
    await Store.drop("now");
    $("code").value = "";
    show("scan");
    if (left && left.held) letGo({ key: left.key, instead: left.former });
  }

  /* What the house did not hear of is told when the network is back: until then nobody else can use that coupon. */
  const letGo = (body) => call("leave", body).catch(() => { unheard.push(body); });

  async function redeem(event) {
    event.preventDefault();
    if (!now || now.told.step !== "order") return;
    await alone(redeeming);
    flush();
  }

  async function redeeming() {
    now.receipt = $("receipt").value.trim();
    const { told, coupons } = now, item = Receipt.sale(now, clock());
    inFlight = item.id;  // what is being told now is not told by the journal at the same time
    try { await Store.enqueue(item); } catch {
      inFlight = "";
      $("order-said").textContent = say("noRoom");
      return;
    }  // from here on nothing can lose it
    queue = await Store.queue();
    let said = say("kept");
    try {
      if (!online) throw new NoNetwork();
      const answer = await call("redeem", item.asked);
      if (answer.status === 401 || answer.status === 429) throw new NoNetwork();
      await Store.dequeue(item.id);
      queue = await Store.queue();
      if (!answer.ok || answer.said.step !== "done") return await refuse(answer.said);
      said = say(coupons.length > 1 ? "doneAll" : "done");
      state.lines = [lineOf(item), ...(state.lines || [])];
      await Store.put("state", { ...state, offset });
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
    } finally { inFlight = ""; reachable(online); }
    for (const one of coupons) await countUse(coupons.length === 1 && told.hash ? told.hash : await Offline.hashed(one.typed));
    $("done-title").textContent = [told.title, told.said].join(" · ");
    $("done-said").textContent = said;
    now = null;
    await Store.drop("now");
    $("code").value = "";
    show("done");
  }

  /* Nothing of it is redeemed: without those that were refused it is another receipt. */
  async function refuse(said) {
    const turned = said.turned || [];
    if (turned.length && turned.length < now.coupons.length) {
      now.told = Receipt.toldWithout(now.told, turned.map((one) => one.n));
      turnAway(turned, []);
      return ask(null, now.notes);
    }
    now.told = { ...now.told, step: "refused", said: said.said, needs: null };
    await Store.put("now", now);
    tell();
  }

  /* What this device has redeemed since the list was made: the list does not know of it. */
  async function countUse(hash) {
    if (!hash) return;
    const used = (await Store.get("used")) || {};
    used[hash] = (used[hash] || 0) + 1;
    await Store.put("used", used);
  }

  /* Nothing is pressed until the answer stands on the screen: what stands there before is of the former question. */
  async function alone(work) {
    busy(true);
    try { await work(); } finally { busy(false); }
  }

  function busy(yes) {
    document.querySelectorAll("main button, nav button").forEach((button) => { button.disabled = yes; });
  }

  // The shift.

  const lineOf = (item) => ({ key: item.id, title: item.title, masked: item.masked, receipt: item.asked.receipt, amount: item.amount, coupons: item.coupons, at: item.at, undone: false, conflict: "" });

  const number = (some) => some.reduce((all, line) => all + (line.coupons || 1), 0);

  /* What the house knows, with what it has not been told yet. */
  function lines() {
    if (!state || !state.shift) return [];
    const mine = (key) => key.startsWith(`${state.shift.id}-`);
    const known = (state.lines || []).map((line) => ({ ...line }));
    for (const item of queue.filter((one) => one.what === "sale" && mine(one.id)))
      if (!known.some((line) => line.key === item.id)) known.unshift({ ...lineOf(item), waits: true });
    for (const item of queue.filter((one) => one.what === "undo"))
      for (const line of known) if (line.key === item.key) Object.assign(line, { undone: true, waits: true });
    return known;
  }

  function shift() {
    const all = lines(), kept = all.filter((line) => !line.undone);
    $("shift-total").textContent = all.length
      ? say("total", { number: number(kept), sum: money(kept.reduce((sum, line) => sum + line.amount, 0)) }) : say("none");
    $("lines").replaceChildren(...Points.lines(), ...all.map(drawn));
    show("shift");
  }

  function text(tag, said, name = "") {
    const made = document.createElement(tag);
    made.textContent = said;
    made.className = name;
    return made;
  }

  const time = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: state.zone });

  function drawn(line) {
    const row = document.createElement("li");
    const at = time(line.at);
    row.append(text("p", `${line.title} — ${money(line.amount)}`, line.undone ? "undone" : ""));
    const about = [at, line.masked, line.receipt && say("receipt", { number: line.receipt }), line.undone && say("undone"), line.waits && say("waits")];
    row.append(text("p", about.filter(Boolean).join(" · "), "soft"));
    if (line.conflict) row.append(text("p", say("came", { said: line.conflict }), "bad"));
    if (!line.undone) {
      const button = text("button", say("undo"));
      button.type = "button";
      button.addEventListener("click", () => { if (window.confirm(say("undoSure"))) undo(line); });
      row.append(button);
    }
    return row;
  }

  async function undo(line) {
    $("shift-said").textContent = "";
    try {
      if (line.waits || !online) throw new NoNetwork();
      const answer = await call("undo", { key: line.key });
      if (answer.status === 401) return expelled();
      if (!answer.ok) $("shift-said").textContent = answer.said.said;
      await look();
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
      await Store.enqueue({ id: `undo-${line.key}`, n: clock(), what: "undo", key: line.key, at: new Date(clock()).toISOString() });
      queue = await Store.queue();
      reachable(online);
    }
    shift();
    await flush();
    listed = 0;  // a new list knows what is left of the code; the count of this device does not
    if (online) await renewList().catch(() => {});
  }

  async function endShift() {
    if (Points.waits()) return Points.open();  // its key is of this shift: afterwards nobody could ask what became of it
    await flush();
    const waits = queue.filter((item) => !unread.has(item.id)).length;
    if (waits) { $("shift-said").textContent = say("unsynced", { number: waits }); return; }
    try { await call("end", {}); } catch { $("shift-said").textContent = say("network"); return; }
    now = null;
    await Store.drop("now");
    await look();
    home();
  }

  // What waits for the network.

  async function flush() {
    if (flushing) return;
    flushing = true;
    try {
      queue = await Store.queue();
      let most = 50;
      for (;;) {
        const some = queue.filter((item) => !unread.has(item.id) && item.id !== inFlight).slice(0, most);
        if (!some.length) return;
        const entries = some.map((item) => item.what === "undo"
          ? { what: "undo", key: item.key, at: item.at }
          : { what: "sale", asked: item.asked, off: item.off, given: item.given, units: item.units, rest: item.rest || [], at: item.at });
        const answer = await call("journal", { entries });
        const refused = answer.status === 422 || answer.status === 413;
        if (refused && some.length > 1) { most = 1; continue; }  // one of them is not understood, or all are too much
        if (refused) { unread.add(some[0].id); continue; }
        if (!answer.ok) return;
        for (const item of some) await Store.dequeue(item.id);
        queue = await Store.queue();
        await look();
        if (!$("lines").closest("section").hidden) shift();
      }
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
    } finally { flushing = false; reachable(online); count(); }
  }

  async function beat() {
    if (online) unheard.splice(0).forEach(letGo);
    if (!online || queue.length) { await look(); await flush(); }
    if (state && state.shift && state.shift.ends <= clock()) { await look(); if (!now) home(); }
    await renewList().catch(() => {});
  }

  // The camera.

  function shutCamera() {
    Camera.close();
    $("camera").hidden = true;
    $("camera-on").hidden = $("points-scan").hidden = false;
  }

  async function scan(button, said, take) {
    said.textContent = "";
    $("camera").hidden = false;
    button.hidden = true;
    try {
      await Camera.open($("video"), document.body.dataset.decoder, (found) => {
        shutCamera();
        if (navigator.vibrate) navigator.vibrate(80);
        take(found);
      });
    } catch { shutCamera(); said.textContent = say("noCamera"); }
  }

  // All together.

  function type(sign) {
    const box = $("code");
    box.value = sign === "⌫" ? box.value.slice(0, -1) : box.value + sign;
  }

  async function start() {
    $("sum-label").dataset.plain = $("sum-label").textContent;
    buttons($("pin-keys"), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "OK"], press);
    buttons($("code-keys"), [..."0123456789ABCDEFGHJKLMNPQRSTVWXYZ", "⌫"], type, ["⌫"]);
    $("pair-again").addEventListener("click", () => look().then(home));
    $("pair-go").addEventListener("click", pair);
    $("pin-back").addEventListener("click", names);
    $("camera-on").addEventListener("click", () => scan($("camera-on"), $("code-said"), (found) => { $("code").value = found; begin(found, true); }));
    $("points-scan").addEventListener("click", () => scan($("points-scan"), $("points-said"), (found) => { $("points-card").value = found; $("points-sum").focus(); }));
    $("camera-off").addEventListener("click", shutCamera);
    $("code-form").addEventListener("submit", (event) => { event.preventDefault(); begin($("code").value, false); });
    $("needs-form").addEventListener("submit", answered);
    $("order-form").addEventListener("submit", redeem);
    $("receipt").addEventListener("input", () => { if (now) { now.receipt = $("receipt").value.trim(); Store.put("now", now); } });
    $("each-more").addEventListener("click", () => oneMore());
    $("no-mend").addEventListener("click", () => askNeeds(now.told));
    $("end").addEventListener("click", endShift);
    document.querySelectorAll("[data-more]").forEach((one) => one.addEventListener("click", more));
    $("adding-back").addEventListener("click", home);
    document.querySelectorAll("[data-leave]").forEach((one) => one.addEventListener("click", leave));
    document.querySelectorAll("[data-go]").forEach((one) => one.addEventListener("click", { scan: home, points: Points.open, shift }[one.dataset.go]));
    window.addEventListener("online", beat);
    window.addEventListener("offline", () => reachable(false));
    if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${HOME}/worker.js`, { scope: HOME }).catch(() => {});
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    try { queue = await Store.queue(); } catch { $("wait-said").textContent = say("noRoom"); return; }
    await Offline.wake();
    const ofShift = (one) => Boolean(state && state.shift) && one.startsWith(`${state.shift.id}-`);
    await Points.wake({ call, show, say, money, minor, key, ofShift, alone, expelled, text, time, clock, shift, Lost: NoNetwork });
    await look();
    now = (await Store.get("now")) || null;
    if (now && !(now.coupons && state && state.shift && now.key.startsWith(`${state.shift.id}-`))) now = null;
    const isDone = now !== null && lines().some((line) => line.key === now.key);  // confirmed, and then the page died
    if (isDone) { now = null; await Store.drop("now"); shift(); } else home();
    if (location.hash.includes("pair=")) await pair();
    await flush();
    await renewList().catch(() => {});
    setInterval(() => beat().catch(() => {}), LOOK_EVERY);
  }

  start();
})();
