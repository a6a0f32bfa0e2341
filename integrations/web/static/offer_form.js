// The form of an offer: fields that do not belong to what is given are put away and not sent. Without it all of them
// stand there. One in which something is wrong stays in sight.
(() => {
  const form = document.getElementById("offer-form");
  const gives = form && form.elements.namedItem("gives");
  if (!gives) return;
  const show = () => {
    for (const field of form.querySelectorAll("[data-only]")) {
      field.hidden = !field.dataset.only.split("|").includes(gives.value) && !field.classList.contains("wrong");
      for (const control of field.querySelectorAll("input, textarea, select")) control.disabled = field.hidden;
    }
  };
  gives.addEventListener("change", show);
  show();
})();
