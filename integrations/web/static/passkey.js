// Passkeys: takes a question from the house, has the browser answer it, and sends the answer as the form it stands in.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => {
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  async function asked(form) {
    const sent = new URLSearchParams({ csrf: form.elements.csrf.value });
    const answer = await fetch(form.dataset.question, { method: "POST", body: sent, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const question = await answer.json();
    question.challenge = bytes(question.challenge);
    question.excludeCredentials = named(question.excludeCredentials);
    question.allowCredentials = named(question.allowCredentials);
    if (question.user) question.user.id = bytes(question.user.id);
    return question;
  }

  function written(key) {
    const { response } = key;
    const said = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) said[name] = text(response[name]);
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response: said });
  }

  async function answer(form) {
    const publicKey = await asked(form);
    const key = form.dataset.passkey === "make"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.elements.answer.value = written(key);
    form.submit();
  }

  for (const part of document.querySelectorAll("[data-origin]")) {
    const here = location.origin === part.dataset.origin && window.PublicKeyCredential;
    for (const piece of part.querySelectorAll(here ? "[data-here]" : "[data-elsewhere]")) piece.hidden = false;
    part.hidden = !window.PublicKeyCredential && location.origin === part.dataset.origin;
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failed.hidden = true;
      answer(form).catch(() => { failed.hidden = false; });
    });
  }
})();
