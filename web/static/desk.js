// Comfort for those who work at the desk all day; every page works without it.
"use strict";

(() => {
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

  // "/" goes to the search box.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const box = document.getElementById("search");
    if (box === null) return;
    event.preventDefault();
    box.focus();
  });
})();
