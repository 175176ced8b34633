// Ticking rows of a list: all of this page at once, and how many are ticked. Without it every box is ticked by hand.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll(".picking input[name=id]")];
  const show = () => {
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    const count = document.querySelector(".picked-count");
    if (count !== null) count.textContent = ticked === 0 ? "勾选后办理" : `已选 ${ticked} 件`;
    for (const button of document.querySelectorAll(".picked button")) button.disabled = ticked === 0;
    const whole = document.querySelector("[data-pick-all]");
    if (whole === null) return;
    whole.closest("label").hidden = false;
    whole.checked = ticked > 0 && ticked === all.length;
    whole.indeterminate = ticked > 0 && ticked < all.length;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.closest(".picking") !== null) show();
  });
  document.addEventListener("htmx:afterSettle", show);
  // Going back, a browser brings ticks back with the page.
  window.addEventListener("pageshow", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
  else show();
})();
