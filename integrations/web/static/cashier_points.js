"use strict";
/* Paying with the points of a card, with the network only. What was sent and not answered is sent again under its key, also
   after a reload: it is paid once. What was paid in the shift is kept here, because only this device undoes it. */
const Points = (() => {
  const $ = (id) => document.getElementById(id);
  let page = null;  // what the page lends: call, show, say, money, minor, key, ofShift, alone, expelled, text, time, clock, shift, Lost
  const masked = (card) => `…${card.slice(-4)}`;
  let asked = null, paid = [], sent = null;

  async function wake(lent) {
    page = lent;
    paid = (await Store.get("points-paid")) || [];
    sent = (await Store.get("points-sent")) || null;
    const alone = (work) => (event) => { event.preventDefault(); page.alone(work); };
    $("points-form").addEventListener("submit", alone(ask));
    $("points-pay").addEventListener("submit", alone(pay));
    document.querySelectorAll("[data-points]").forEach((one) => one.addEventListener("click", begin));
  }

  function open() {
    if (sent && !page.ofShift(sent.key)) return tooLate();
    if (sent) return settle(page.say("pointsUnknown"));
    if (asked && page.ofShift(asked.of)) return settle("");
    begin();
  }

  /* Nobody can send it any more: its shift is over. Somebody has to look. */
  function tooLate() {
    const { points, card, receipt } = sent;
    sent = null;
    Store.drop("points-sent");
    refuse(page.say("pointsOver", { number: points, card: masked(card), receipt }));
  }

  function begin() {
    asked = null;
    $("points-card").value = $("points-sum").value = $("points-receipt").value = $("points-said").textContent = "";
    page.show("points");
  }

  /* An answer, or nothing where none came or the shift is over. What is `unread` was not even looked at. */
  async function told(path, body, said, lost = "pointsNetwork") {
    try {
      const answer = await page.call(path, body);
      if (answer.status === 401) { await page.expelled(); return null; }
      if (answer.ok) return answer.said;
      if (answer.status !== 429) return { ok: false, said: answer.said.said || "", unread: true };
      said.textContent = answer.said.said;
    } catch (error) {
      if (!(error instanceof page.Lost)) throw error;
      said.textContent = page.say(lost);
    }
    return null;
  }

  async function ask() {
    const card = $("points-card").value.trim(), amount = page.minor($("points-sum").value), said = $("points-said");
    said.textContent = card ? (amount > 0 ? "" : page.say("noSum")) : page.say("noCard");
    if (said.textContent) return;
    const answer = await told("points", { card, amount }, said);
    if (!answer) return;
    if (!answer.ok) { said.textContent = answer.said; return; }
    asked = { card, amount, most: answer.points, said: answer.said, of: page.key() };
    $("points-many").value = answer.points || "";
    settle("");
  }

  /* How many of them pay; what has been sent already stands as it was sent. */
  function settle(said) {
    if (sent) {
      $("points-many").value = sent.points;
      $("points-receipt").value = sent.receipt;
    }
    $("points-has").textContent = sent ? masked(sent.card) : `${masked(asked.card)} · ${asked.said}`;
    $("points-pay-said").textContent = said;
    $("points-many").readOnly = $("points-receipt").readOnly = !!sent;
    $("points-back").hidden = !!sent;
    $("points-take").hidden = !sent && !asked.most;
    page.show("points-pay");
  }

  async function pay() {
    const said = $("points-pay-said"), isAgain = Boolean(sent);
    if (!sent) {
      const points = Number($("points-many").value.trim() || NaN), receipt = $("points-receipt").value.trim();
      const isRight = Number.isInteger(points) && points >= 1 && points <= asked.most;
      said.textContent = isRight ? (receipt ? "" : page.say("noReceipt")) : page.say("noPoints", { most: asked.most });
      if (said.textContent) return;
      const one = { key: page.key(), card: asked.card, amount: asked.amount, points, receipt };
      try { await Store.put("points-sent", one); } catch { said.textContent = page.say("noRoom"); return; }
      sent = one;  // from here on it may have been paid
    }
    said.textContent = "";
    const answer = await told("points/pay", sent, said, "pointsUnknown");
    if (!answer) return sent && page.ofShift(sent.key) ? settle(said.textContent) : null;
    if (answer.unread && isAgain) return settle(answer.said);  // it says nothing of what was sent before
    const one = sent;
    if (answer.ok) await keep([{ key: one.key, at: page.clock(), points: answer.points, amount: answer.amount, receipt: one.receipt, masked: masked(one.card) }, ...paid]);
    sent = null;
    await Store.drop("points-sent");
    if (!answer.ok) return asked ? settle(answer.said) : refuse(answer.said);
    asked = null;
    $("points-order").textContent = answer.said;
    $("points-left").textContent = page.say("pointsLeft", { number: answer.balance });
    page.show("points-done");
  }

  function refuse(said) {
    begin();
    $("points-said").textContent = said;
  }

  async function keep(lines) {
    paid = lines.filter((line) => page.ofShift(line.key));
    await Store.put("points-paid", paid);
  }

  // The shift.

  function drawn(line) {
    const row = document.createElement("li"), undone = "undone" in line;
    row.append(page.text("p", `${page.say("pointsLine", { number: line.points })} — ${page.money(line.amount)}`, undone ? "undone" : ""));
    const about = [page.time(line.at), line.masked, page.say("receipt", { number: line.receipt }), undone && page.say("undone")];
    row.append(page.text("p", about.filter(Boolean).join(" · "), "soft"));
    if (undone) row.append(page.text("p", line.undone, "soft"));
    else {
      const button = page.text("button", page.say("undo"));
      button.type = "button";
      button.addEventListener("click", () => { if (window.confirm(page.say("pointsSure"))) page.alone(() => undo(line)); });
      row.append(button);
    }
    return row;
  }

  async function undo(line) {
    const said = $("shift-said");
    said.textContent = "";
    const answer = await told("points/undo", { key: line.key }, said);
    if (!answer) return;
    if (!answer.ok) { said.textContent = answer.said; return; }
    await keep(paid.map((one) => (one.key === line.key ? { ...one, undone: answer.said } : one)));
    page.shift();
  }

  return { wake, open, waits: () => sent !== null, lines: () => paid.filter((line) => page.ofShift(line.key)).map(drawn) };
})();
