"use strict";
/* The receipt at hand: its coupons in the order in which they were shown, what was typed of it, and what of that goes to
   the house. Nothing here changes what it is given. */
const Receipt = (() => {
  const MOST = 10, KEYS = 20, AMOUNT_MOST = 10 ** 12;

  /* `guests`: 0 until it is said how many. `held`: the house may hold room under this key; `former` are keys that it may
     have held room under before. */
  const begun = (key, coupon) => ({
    key, former: [], held: false, coupons: [coupon], notes: [], lines: [], about: "", guests: 0, shown: "", asked: false,
    askedFor: 1, receipt: "", told: null,
  });

  const added = (now, coupon) => ({ ...now, coupons: [...now.coupons, coupon] });

  /* What was asked about coupons that are gone is not asked about the others. */
  function without(now, places) {
    const left = now.askedFor - places.filter((n) => n < now.askedFor).length;
    const coupons = now.coupons.filter((_, n) => !places.includes(n));
    return { ...now, coupons, askedFor: Math.max(1, left), asked: now.asked && left > 0 };
  }

  /* A call under a key holds the coupons it was made with: others are another call. */
  const renewed = (now, key) => ({ ...now, key, former: keys(now), held: false });
  const keys = (now) => [...now.former, now.key].slice(-KEYS);

  const asked = (now) => ({
    key: now.key, instead: now.former, ...now.coupons[0], more: now.coupons.slice(1), asked: now.asked, asked_for: now.askedFor,
    lines: now.lines, guests: now.guests || 1, shown: now.shown, receipt: now.receipt,
  });

  /* Which goods a question is about: what was typed for others answers it not. */
  const about = (needs) => JSON.stringify([needs.sum, needs.kinds, needs.each, needs.goods, needs.but]);

  /* What each coupon gives, or why not, as the house said it; the device itself judges no more than one. */
  function given(told) {
    if (told.coupons && told.coupons.length) return told.coupons;
    return told.turned && told.turned.length ? [...told.turned].sort((a, b) => a.n - b.n) : [told];
  }

  const atMost = (amount) => (amount <= AMOUNT_MOST ? amount : NaN);

  /* «450», «450,5», «1 200.00» in minor units, of which the currency has so many digits; NaN for anything else. */
  function minor(text, digits) {
    const [, whole, parts = ""] = /^(\d{1,10})(?:\.(\d{1,4}))?$/.exec(text.replace(/[\s\u00a0]/g, "").replace(",", ".")) || [];
    if (!whole || parts.replace(/0+$/, "").length > digits) return NaN;  // a part of a coin: a guess would be another sum
    return atMost(Number(whole + parts.padEnd(digits, "0").slice(0, digits)));
  }

  /* What was told before of those that stay, where nothing newer comes. */
  const toldWithout = (told, places) => ({ ...told, coupons: told.coupons.filter((_, n) => !places.includes(n)) });

  const part = ({ off, given, units }) => ({ off, given, units });

  function sale(now, at) {
    const [first, ...rest] = given(now.told), { title, masked, amount } = now.told;
    return {
      id: now.key, n: at, what: "sale", asked: asked(now), ...part(first), rest: rest.map(part), at: new Date(at).toISOString(),
      title, masked, amount, coupons: now.coupons.length,
    };
  }

  return { MOST, KEYS, begun, added, without, renewed, keys, asked, about, given, sale, toldWithout, minor, atMost };
})();
