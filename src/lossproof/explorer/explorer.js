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

  // Anything may be typed beside the slider: the nearest level of its range is meant, and the one
  // that is shown where no number is there.
  window.lossproofLevel = function (typed) {
    const range = document.querySelector("#lp-level input[type=range]");
    const shown = document.querySelector(".lp-facts");
    if (!range) return typed;
    const isNumber = typed !== null && typed !== "" && Number.isFinite(Number(typed));
    const level = Number(isNumber ? typed : shown ? shown.dataset.level : range.value);
    return Math.min(Number(range.max), Math.max(Number(range.min), level));
  };
  document.addEventListener("change", function (event) {
    const box = event.target;
    if (!box.matches("#lp-level input[type=number]")) return;
    const level = String(window.lossproofLevel(box.value));
    if (level === box.value) return;
    box.value = level;
    box.dispatchEvent(new Event("input", { bubbles: true }));
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
