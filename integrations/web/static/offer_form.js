// The form of an offer: fields that do not belong to what is given are put away. Without it all of them stand there.
(() => {
  const form = document.getElementById("offer-form");
  const gives = form && form.elements.namedItem("gives");
  if (!gives) return;
  const show = () => {
    for (const field of form.querySelectorAll("[data-only]")) {
      field.hidden = !field.dataset.only.split("|").includes(gives.value);
    }
  };
  gives.addEventListener("change", show);
  show();
})();
