element.addEventListener("click", function (event) {
  const button = event.target.closest("button[data-level]");
  if (button) trigger("click", { level: Number(button.dataset.level) });
});
