// Comfort for those who work at the desk all day; every page works without it.
"use strict";

(() => {
  const ROWS = "tr[data-row], .list tbody tr, .outbox-list li";
  const PLACES = { o: "/overdue", b: "/", t: "/timeline", a: "/approvals", m: "/messages", p: "/people", w: "/workbench" };
  const KEYS = [
    ["j / k", "下一行 / 上一行"],
    ["Enter", "打开本行"],
    ["x", "勾选本行"],
    ["/", "查找"],
    ["g 再 b", "到总览"],
    ["g 再 o", "到逾期清单"],
    ["g 再 t", "到日程"],
    ["g 再 a", "到审签"],
    ["g 再 m", "到消息"],
    ["g 再 p", "到单位人员"],
    ["g 再 w", "到我的报送"],
    ["Esc", "关闭小窗"],
    ["?", "显示这张表"],
  ];

  const made = (tag, attributes, ...children) => {
    const one = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
    one.append(...children);
    return one;
  };

  // A small window: the browser keeps the focus inside, Esc and a click beside it close it.
  const dialog = (kind, label) => {
    const one = made("dialog", { class: kind, "aria-label": label });
    one.addEventListener("click", (event) => {
      if (event.target === one) one.close();
    });
    document.body.append(one);
    return one;
  };

  // A cell of the board opens beside the board; with Ctrl or a middle click it opens as any link does.
  let panel = null;
  let came = null;
  const look = (link) => {
    if (panel === null) {
      panel = dialog("look", "报送件概况");
      const close = made("button", { type: "button" }, "关闭");
      close.addEventListener("click", () => panel.close());
      panel.append(made("div", { class: "look-close" }, close), made("div", { class: "look-body", id: "look", "aria-live": "polite" }));
      panel.addEventListener("close", () => came?.focus());
    }
    came = link;
    const body = document.getElementById("look");
    body.textContent = "正在打开…";
    panel.showModal();
    const address = `${new URL(link.href).pathname}/glance`;
    window.htmx.ajax("GET", address, { target: "#look", select: "#glance", swap: "innerHTML" }).catch(() => location.assign(link.href));
  };
  const failed = (event) => {
    if (panel?.open && event.detail.target?.id === "look" && came !== null) location.assign(came.href);
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-look]");
    if (link === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (window.htmx === undefined || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    look(link);
  });

  // Rows: one of them is here.
  const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent !== null);
  const here = () => document.querySelector("[data-here]");
  const step = (by) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(here() ?? document.activeElement?.closest(ROWS));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    here()?.classList.remove("here");
    here()?.removeAttribute("data-here");
    next.classList.add("here");
    next.setAttribute("data-here", "");
    (next.querySelector("a, input, summary, button") ?? next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const tick = () => here()?.querySelector("input[type=checkbox]")?.click();

  let keys = null;
  const help = () => {
    if (keys === null) {
      keys = dialog("keys", "键盘操作");
      const list = made("dl", {});
      for (const [key, what] of KEYS) list.append(made("dt", {}, made("kbd", {}, key)), made("dd", {}, what));
      const close = made("button", { type: "button" }, "关闭");
      close.addEventListener("click", () => keys.close());
      keys.append(made("h2", {}, "键盘操作"), list, close);
    }
    keys.showModal();
  };

  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]") !== null;
  const room = (key) => {
    const href = PLACES[key];
    // Only where this account may go: the navigation has it.
    const link = href === undefined ? null : document.querySelector(`.top a[href="${href}"]`);
    link?.click();
  };

  let went = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const second = event.timeStamp - went < 1500;
    went = -Infinity;
    if (second) return room(event.key);
    const acts = { j: () => step(1), k: () => step(-1), x: tick, "?": help, "/": () => document.getElementById("search")?.focus() };
    if (event.key === "g") went = event.timeStamp;
    else if (Object.hasOwn(acts, event.key)) {
      event.preventDefault();
      acts[event.key]();
    }
  });

  // Who does not know of the keys finds them at the end of the page.
  const add = () => {
    if (document.querySelector(".top nav") === null) return;
    const button = made("button", { type: "button", class: "keys-button" }, "键盘操作（?）");
    button.addEventListener("click", help);
    document.body.append(made("footer", { class: "wide desk-foot" }, button));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", add);
  else add();
})();
