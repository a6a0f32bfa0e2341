"use strict";
/* A code as it is typed or scanned, read by the same rules as in the house (tasks/codes): whatever case, alphabet and
   separators; the check sign is judged here, before any network. */
const Code = (() => {
  const LOOKS = Object.fromEntries([..."АВЕЁКМНОРСТУХЗЅЈІ"].map((sign, n) => [sign, "ABEEKMHOPCTYX3SJI"[n]]));
  const KEYS = Object.fromEntries([..."ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"].map((sign, n) => [sign, "QWERTYUIOPASDFGHJKLZXCVBNM"[n]]));
  const BETWEEN = /[\s_.·−⁃\p{Pd}\p{Cf}\p{Cc}\p{Z}]/gu;
  const ALIKE = { 0: "O", 1: "I" };

  const bare = (typed) => typed.normalize("NFKC").toUpperCase().replace(BETWEEN, "");
  const turned = (text, table) => [...text].map((sign) => table[sign] || sign).join("");

  function lastPart(address) {
    try {
      const parts = new URL(address).pathname.split("/").filter(Boolean);
      return parts.length ? decodeURIComponent(parts[parts.length - 1]) : "";
    } catch { return address; }
  }

  function spellings(typed) {
    const text = typed.includes("://") ? lastPart(typed.trim()) : typed.trim();
    const plain = bare(text);
    return [...new Set([turned(plain, LOOKS), turned(plain, KEYS)])].filter(Boolean);
  }

  function eanDigit(twelve) {
    const sum = [...twelve].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 3 : 1), 0);
    return String((10 - (sum % 10)) % 10);
  }

  function behindEan(code, scanned) {
    const whole = code.length === 13 ? code : scanned ? "0" + code : "";
    return /^[0-9]{13}$/.test(whole) && eanDigit(whole.slice(0, 12)) === whole[12] ? whole.slice(0, 12) : "";
  }

  function matched(shape, code) {
    if (code.length !== shape.layout.length) return "";
    let kept = "";
    for (let n = 0; n < code.length; n++) {
      const stands = shape.layout[n], sign = code[n];
      if (stands === "#") { if (!shape.signs.includes(sign)) return ""; kept += sign; }
      else if ((ALIKE[stands] || stands) === (ALIKE[sign] || sign)) kept += stands;
      else return "";
    }
    return kept;
  }

  function isRight(shape, code) {
    if (!shape.checks) return true;
    let sum = 0;
    for (const sign of code) {
      const value = shape.signs.indexOf(sign);
      if (value >= 0) sum = (sum * shape.radix + value) % shape.modulus;
    }
    return sum === 1;
  }

  /* The code as it is kept; null where it can be none of ours; undefined where nothing is known of ours. */
  function read(typed, forms, scanned) {
    const meant = spellings(typed);
    if (!meant.length) return null;
    if (!forms || (!forms.shapes.length && !forms.free.length) || meant[0] === forms.test) return undefined;
    const word = meant.find((code) => (forms.words || []).includes(code));
    if (word) return word;
    if (scanned || !forms.shapes.some((shape) => matched(shape, meant[0]))) {
      const digits = behindEan(meant[0], scanned);
      if (digits) meant.push(digits);
    }
    for (const code of meant)
      for (const shape of forms.shapes) {
        const kept = matched(shape, code);
        if (kept && isRight(shape, kept)) return kept;
      }
    for (const code of meant) if (forms.free.includes(code.length)) return code;
    return null;
  }

  return { read };
})();
