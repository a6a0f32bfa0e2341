// Dropping files: drag them anywhere onto the page, and see how much is sent. Without it the form is a plain one.
"use strict";
(() => {
  const zone = document.getElementById("zone"), input = document.getElementById("files");
  if (!zone || !input || !window.XMLHttpRequest) return;
  const says = zone.querySelector(".zone-says"), status = zone.querySelector(".zone-status");
  const sending = zone.querySelector(".sending"), bar = sending.querySelector("progress");
  const percent = sending.querySelector(".percent"), button = zone.querySelector("button");
  let depth = 0;

  zone.querySelector(".drag-hint").hidden = false;

  function complain(words) {
    sending.hidden = true;
    button.disabled = false;
    says.textContent = words;
    says.hidden = !words;
  }

  function chosen() {
    complain("");
    const names = [...input.files].map((file) => file.name).join(", ");
    status.textContent = names ? `${zone.dataset.chosen}: ${names}` : "";
  }

  const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragenter", (event) => { if (carries(event)) { depth += 1; zone.classList.add("over"); } });
  document.addEventListener("dragleave", (event) => {
    if (carries(event) && (depth -= 1) <= 0) { depth = 0; zone.classList.remove("over"); }
  });
  document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth = 0;
    zone.classList.remove("over");
    input.files = event.dataTransfer.files;
    chosen();
    if (input.files.length) zone.requestSubmit();
  });
  input.addEventListener("change", chosen);

  function progressed(event) {
    if (!event.lengthComputable) return;
    const done = Math.floor((100 * event.loaded) / event.total);
    bar.value = done;
    percent.textContent = `${done} %`;
    if (done === 100) status.textContent = zone.dataset.received;
    else if (done % 25 === 0) status.textContent = `${zone.dataset.sending}: ${done} %`;
  }

  function answered(request) {
    const to = request.getResponseHeader("Location");
    if (to) {
      window.location.assign(to);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const words = [...page.querySelectorAll("main h1, main .lead")].map((part) => part.textContent.trim());
    complain(words.join(". ") || zone.dataset.broken);
  }

  zone.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    if (size > Number(zone.dataset.most) - 100000) { complain(zone.dataset.tooLarge); return; }
    complain("");
    const request = new XMLHttpRequest();
    request.open("POST", zone.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", progressed);
    request.addEventListener("load", () => answered(request));
    request.addEventListener("error", () => complain(zone.dataset.broken));
    const body = new FormData(zone); // before the button is locked: the token stands first, as the server wants it
    button.disabled = true;
    sending.hidden = false;
    bar.value = 0;
    status.textContent = zone.dataset.sending;
    request.send(body);
  });
})();
