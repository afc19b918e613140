// Before anything is drawn, so that the page does not flash: #dark or #light in the address.
const asked = location.hash.slice(1);
if (asked === "dark" || asked === "light") document.documentElement.dataset.theme = asked;
