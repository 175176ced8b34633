// Suggestions under the search box: arrows go through them, Esc puts them away. The box works without.
"use strict";

(() => {
  const box = document.getElementById("search");
  const list = document.getElementById("search-found");
  if (box === null || list === null) return;
  const links = () => [...list.querySelectorAll("a")];
  const away = () => list.replaceChildren();

  const step = (by) => {
    const all = [box, ...links()];
    const at = all.indexOf(document.activeElement);
    if (at < 0 || all.length < 2) return false;
    all[(at + by + all.length) % all.length].focus();
    return true;
  };

  box.form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    } else if (event.key === "Escape" && links().length > 0) {
      event.preventDefault();
      away();
      box.focus();
    }
  });
  // An answer that comes after the box was left or emptied is no longer wanted.
  list.addEventListener("htmx:beforeSwap", (event) => {
    if (box.value.trim() === "" || !box.form.contains(document.activeElement)) event.detail.shouldSwap = false;
  });
  box.addEventListener("input", () => {
    if (box.value.trim() === "") away();
  });
  document.addEventListener("focusin", (event) => {
    if (!box.form.contains(event.target)) away();
  });
  document.addEventListener("click", (event) => {
    if (!box.form.contains(event.target)) away();
  });
})();
