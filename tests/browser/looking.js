// What a person with other eyes, other fingers or a screen reader would stumble over on this page.

var shown = (elements) => [...elements].map((element) => element.outerHTML.slice(0, 120));

// Controls that a screen reader could not call by a name.
function nameless() {
  const controls = document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary");
  const labelled = (e) => [...(e.labels || [])].some((label) => label.textContent.trim());
  const pictured = (e) => [...e.querySelectorAll("img")].some((image) => image.alt);
  return shown([...controls].filter((e) =>
    !(labelled(e) || e.getAttribute("aria-label") || e.textContent.trim() || pictured(e))));
}

// Controls too low for a finger (WCAG 2.2, 2.5.8 asks for 24 px; we for 32); what is for Enter alone nobody touches.
function small() {
  const controls = document.querySelectorAll("button, .button, input:not([type=hidden]), select, summary, nav a");
  const meant = (e) => !e.matches("button.unseen[aria-hidden=true][tabindex='-1']");
  const touched = (e) => (["radio", "checkbox"].includes(e.type) ? e.closest("label") : e);
  return shown([...controls].filter(meant).map(touched).filter((e) => e.offsetParent && e.getBoundingClientRect().height < 32));
}

// Text without enough contrast (WCAG 2.2, 1.4.3).
function pale() {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const e = node.parentElement, words = node.textContent.trim();
    if (!words || !e.checkVisibility() || e.closest(".skip")) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const [lighter, darker] = [light(parts(style.color)), light(ground(e))].sort((a, b) => b - a);
    const enough = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (lighter + 0.05) / (darker + 0.05);
    if (ratio < enough) found.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}

// What sticks out of the page on its right.
function sticking() {
  const edge = document.documentElement.clientWidth + 1;
  return shown([...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > edge)).slice(0, 4);
}
