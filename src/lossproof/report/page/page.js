(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  }
  function name() {
    button.textContent = isDark() ? "Light page" : "Dark page";
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  dark.addEventListener("change", name);
  name();

  const chooser = document.getElementById("gallery-sort");
  if (chooser) {
    const list = document.getElementById("gallery-samples");
    chooser.closest(".control").hidden = false;
    chooser.addEventListener("change", function () {
      const key = chooser.value;
      const number = function (item) {
        return item.hasAttribute(key) ? Number(item.getAttribute(key)) : -Infinity;
      };
      const items = Array.from(list.children);
      items.sort(function (a, b) {
        if (key === "data-name") return a.dataset.name.localeCompare(b.dataset.name);
        return number(b) - number(a);
      });
      items.forEach(function (item) { list.append(item); });
    });
  }

  function reveal() {
    const block = document.getElementById(location.hash.slice(1));
    if (!block || block.tagName !== "DETAILS") return;
    for (let one = block; one; one = one.parentElement.closest("details")) one.open = true;
    block.scrollIntoView();
    block.querySelector("summary").focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a");
    if (link && link.hash && link.hash === location.hash) reveal();
  });
  reveal();

  let opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
  });
})();
