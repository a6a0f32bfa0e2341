"use strict";
/* Saying yes or no without the network: by the list that the house has signed, for offers that need nothing else. */
const Offline = (() => {
  let held = null;  // { said, codes: Map, offers }

  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (two) => parseInt(two, 16));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");

  async function isGenuine(list, key) {
    if (key && key !== list.public_key) return false;
    try {
      const known = await crypto.subtle.importKey("raw", bytes(list.public_key), { name: "Ed25519" }, false, ["verify"]);
      return await crypto.subtle.verify({ name: "Ed25519" }, known, bytes(list.signature), new TextEncoder().encode(list.body));
    } catch { return true; }  // this browser knows no Ed25519; the list came from our own house over its own line
  }

  /* Take a list over: its key is the one this device heard first. */
  async function take(given) {
    if (!given || !given.list) { held = null; await Store.drop("list"); return; }
    const key = await Store.get("list-key");
    if (!(await isGenuine(given.list, key))) return;
    if (!key) await Store.put("list-key", given.list.public_key);
    await Store.put("list", given);
    use(given);
  }

  function use(given) {
    if (!crypto.subtle) return;  // a page without TLS has no hashes, and no life without the network either
    const said = JSON.parse(given.list.body);
    held = { said, offers: given.offers, codes: new Map(said.codes.map((one) => [one[0], one])) };
  }

  async function wake() {
    const given = await Store.get("list");
    if (given && given.list) use(given);
  }

  async function hashed(code) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(held.said.salt), iterations: held.said.rounds };
    return hex(await crypto.subtle.deriveBits(how, key, 128));
  }

  /* What the clocks of the outlet show: the weekday (Monday is 1) and the second of the day. */
  function wall(at, zone) {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).formatToParts(at);
    const of = (type) => parts.find((part) => part.type === type).value;
    const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    return { day: days.indexOf(of("weekday")) + 1, second: +of("hour") * 3600 + +of("minute") * 60 + +of("second") };
  }

  /* `ends` is a coupon's own later end. */
  function holds(offer, now, zone, ends) {
    if (now < offer.since || (now > offer.until && !(ends && now <= Date.parse(ends)))) return false;
    const { day, second } = wall(now, zone);
    const from = (offer.hours.from === null ? 0 : offer.hours.from) * 60;
    const to = offer.hours.to === null ? 86400 : offer.hours.to * 60;
    const night = from > to;
    if (night ? second < from && second > to : second < from || second > to) return false;
    const began = night && second <= to ? (day + 5) % 7 + 1 : day;
    return !offer.weekdays.length || offer.weekdays.includes(began);
  }

  /* Half up to a step, in whole numbers. */
  function rounded(numerator, denominator, step) {
    const parts = denominator * BigInt(step);
    return Number(((2n * numerator + parts) / (2n * parts)) * BigInt(step));
  }

  function off(offer, sum) {
    if (offer.kind === "percent") {
      const found = rounded(BigInt(sum) * BigInt(offer.hundredths), 10000n, offer.rounding);
      return Math.min(found, offer.most || found, sum);
    }
    return offer.kind === "amount" ? Math.min(offer.amount, sum) : 0;
  }

  /* As the house would answer: {step, said|word, …}. `used` counts what this device has redeemed since the list. */
  async function judge(code, answers, { now, zone, money, used }) {
    if (!held || code === undefined) return { step: "refused", word: "notListed" };
    if (now > Date.parse(held.said.good_until)) return { step: "refused", word: "oldList" };
    const hash = await hashed(code);
    const one = held.codes.get(hash);
    if (!one) return { step: "refused", word: "notListed" };
    const [, key, left, ends] = one;
    const offer = held.offers[key];
    if (!offer) return { step: "refused", word: "onlineOnly" };
    const about = { title: offer.title, masked: "…" + code.slice(-Math.min(4, code.length >> 1)), hash };
    if (!holds(offer, now, zone, ends)) return { step: "refused", word: "notNow", ...about };
    if (left !== null && (used[hash] || 0) >= left) return { step: "refused", word: "used", ...about };
    const lines = answers.about === Receipt.about(offer.needs) ? answers.lines : [];  // else they are of other goods
    const sum = lines.reduce((all, line) => all + line.amount, 0);
    if (offer.needs.sum && !sum) return { step: "needs", needs: offer.needs, ...about };
    if (sum < offer.sum_from)
      return { step: "refused", word: "tooLittle", words: { sum: money(offer.sum_from) }, needs: offer.needs, ...about };
    if (offer.kind === "given") return { step: "order", said: offer.order, off: [], given: offer.given, units: 1, amount: 0, ...about };
    const amount = off(offer, sum);
    if (!amount) return { step: "refused", word: "tooLittle", words: { sum: money(offer.sum_from) }, needs: offer.needs, ...about };
    const line = { n: 1, amount, quantity: 1000 };
    const said = offer.order.replace("{amount}", money(amount));
    return { step: "order", said, off: [line], given: [], units: 1, amount, needs: offer.needs, ...about };
  }

  return { take, wake, judge, off, holds, hashed: (code) => (held ? hashed(code) : ""), madeAt: () => (held ? Date.parse(held.said.made_at) : 0) };
})();
