(function () {
  "use strict";
  const root = document.documentElement;
  root.style.setProperty("--lp-divider", "50%");

  function divide(share) {
    const value = Math.min(100, Math.max(0, share));
    root.style.setProperty("--lp-divider", value + "%");
    const range = document.getElementById("lp-divider");
    if (range && Number(range.value) !== Math.round(value)) range.value = Math.round(value);
  }
  document.addEventListener("input", function (event) {
    if (event.target.id === "lp-divider") divide(Number(event.target.value));
  });
  function drag(event) {
    const pair = event.target.closest && event.target.closest(".lp-pair");
    if (!pair || !(event.buttons & 1)) return;
    const box = pair.getBoundingClientRect();
    divide((100 * (event.clientX - box.left)) / box.width);
    event.preventDefault();
  }
  document.addEventListener("pointerdown", drag);
  document.addEventListener("pointermove", drag);
  document.addEventListener("dragstart", function (event) {
    if (event.target.closest(".lp-pair")) event.preventDefault();
  });

  document.addEventListener("click", function (event) {
    if (event.target.id === "lp-theme") document.body.classList.toggle("dark");
  });

  function mark() {
    const shown = document.querySelector(".lp-facts");
    document.querySelectorAll("button.lp-step").forEach(function (step) {
      const here = shown && step.dataset.level === shown.dataset.level;
      if (here) step.setAttribute("aria-current", "true");
      else step.removeAttribute("aria-current");
    });
    const facts = document.getElementById("lp-facts");
    if (facts && !facts.hasAttribute("aria-live")) facts.setAttribute("aria-live", "polite");
  }
  new MutationObserver(mark).observe(root, { childList: true, subtree: true });
})();
