// The comfort of the sign-off page: phrases that tap in, a signature drawn with the finger. Everything works
// without it. Written for a WebView of 2014: no arrow functions, no let, no template strings.
(function () {
  "use strict";

  var comment = document.getElementById("comment");
  var drawing = document.getElementById("drawing");

  // A tapped phrase takes the place of the one tapped before; what was typed stays.
  var tapped = "";

  function tapIn(text) {
    var said = comment.value.replace(/\s+$/, "");
    var at = tapped ? said.lastIndexOf(tapped) : -1;
    if (at >= 0) {
      comment.value = said.slice(0, at) + text + said.slice(at + tapped.length);
      tapped = text;
    } else if (said.indexOf(text) < 0) {
      comment.value = said + text;
      tapped = text;
    }
    comment.focus();
  }

  function offer(span) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "phrase";
    button.appendChild(document.createTextNode(span.textContent));
    button.addEventListener("click", function () { tapIn(span.textContent); });
    span.parentNode.replaceChild(button, span);
    // After a fault the page comes back with what was tapped.
    if (comment.value.replace(/\s+$/, "") === span.textContent) { tapped = span.textContent; }
  }

  function offerPhrases() {
    var found = document.querySelectorAll("#comment-hint .phrase");
    var strokes = document.querySelectorAll("#comment-hint .stroke");
    var i;
    for (i = 0; i < found.length; i += 1) { offer(found[i]); }
    for (i = 0; i < strokes.length; i += 1) { strokes[i].parentNode.removeChild(strokes[i]); }
  }

  // The service takes a data URL of up to 64 KB: a drawing that is heavier is kept smaller.
  function smallEnough(canvas) {
    var url = canvas.toDataURL("image/png");
    var half = canvas;
    while (url.length > 60000 && half.width > 100) {
      var next = document.createElement("canvas");
      next.width = Math.round(half.width / 2);
      next.height = Math.round(half.height / 2);
      next.getContext("2d").drawImage(half, 0, 0, next.width, next.height);
      half = next;
      url = half.toDataURL("image/png");
    }
    return url;
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    made.className = className;
    made.appendChild(document.createTextNode(text));
    return made;
  }

  function layOut() {
    var field = drawing.querySelector("input[name=drawn]");
    var canvas = document.createElement("canvas");
    var pen = canvas.getContext && canvas.getContext("2d");
    var down = false;
    if (!pen) { return; }
    canvas.width = 660;
    canvas.height = 260;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", drawing.getAttribute("data-label"));
    pen.lineWidth = 5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#101820";

    function place(event) {
      var touch = event.touches && event.touches.length ? event.touches[0] : event;
      var box = canvas.getBoundingClientRect();
      return {
        x: (touch.clientX - box.left) * canvas.width / box.width,
        y: (touch.clientY - box.top) * canvas.height / box.height
      };
    }
    function start(event) {
      var at = place(event);
      down = true;
      pen.beginPath();
      pen.moveTo(at.x, at.y);
      pen.lineTo(at.x + 0.1, at.y);
      pen.stroke();
      event.preventDefault();
    }
    function move(event) {
      if (!down) { return; }
      var at = place(event);
      pen.lineTo(at.x, at.y);
      pen.stroke();
      event.preventDefault();
    }
    function stop() {
      if (!down) { return; }
      down = false;
      field.value = smallEnough(canvas);
    }
    function clear() {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      field.value = "";
    }

    if (window.PointerEvent) {
      canvas.addEventListener("pointerdown", start);
      canvas.addEventListener("pointermove", move);
      window.addEventListener("pointerup", stop);
      window.addEventListener("pointercancel", stop);
    } else {
      canvas.addEventListener("mousedown", start);
      canvas.addEventListener("mousemove", move);
      window.addEventListener("mouseup", stop);
      canvas.addEventListener("touchstart", start);
      canvas.addEventListener("touchmove", move);
      window.addEventListener("touchend", stop);
      window.addEventListener("touchcancel", stop);
    }

    var again = element("button", "second small", drawing.getAttribute("data-clear"));
    again.type = "button";
    again.addEventListener("click", clear);
    drawing.appendChild(element("p", "drawing-label", drawing.getAttribute("data-label")));
    drawing.appendChild(canvas);
    drawing.appendChild(again);

    if (field.value) {
      var kept = new Image();
      kept.onload = function () { pen.drawImage(kept, 0, 0, canvas.width, canvas.height); };
      kept.src = field.value;
    }
  }

  if (comment) { offerPhrases(); }
  if (drawing) { layOut(); }
}());
