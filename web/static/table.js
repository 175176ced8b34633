// The table editor: rows come and go, and what was copied from a spreadsheet fills the cells.
// Without it the form works by its buttons; nothing here is needed to hand in.
"use strict";

(() => {
  const rowsOf = (table) => [...table.tBodies[0].rows];
  const controlsOf = (row) => [...row.querySelectorAll("input, select, textarea")];
  const isEmpty = (row) => controlsOf(row).every((control) => control.value.trim() === "");

  const say = (table, text) => {
    table.spoken.textContent = text;
  };

  const button = (text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    return made;
  };

  // Names keep their own numbers, which only have to rise; people count what they see.
  const renumber = (table) => {
    rowsOf(table).forEach((row, place) => {
      row.cells[0].textContent = place + 1;
      controlsOf(row).forEach((control, column) => {
        control.setAttribute("aria-label", `第${place + 1}行 ${table.labels[column]}`);
      });
      row.querySelector(".grid-remove button").setAttribute("aria-label", `删除第${place + 1}行`);
    });
    table.more.hidden = rowsOf(table).length >= table.most;
  };

  const freshen = (control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
    const cell = control.closest("td");
    cell.classList.remove("cell-wrong");
    cell.querySelector(".error")?.remove();
  };

  const empty = (row) => {
    controlsOf(row).forEach((control) => {
      control.value = "";
      freshen(control);
    });
  };

  const removeRow = (table, row) => {
    const place = rowsOf(table).indexOf(row);
    if (!isEmpty(row) && !window.confirm(`删除第${place + 1}行？`)) return;
    if (rowsOf(table).length === 1) empty(row);
    else row.remove();
    renumber(table);
    const next = rowsOf(table)[Math.min(place, rowsOf(table).length - 1)];
    controlsOf(next)[0].focus();
  };

  const addRow = (table) => {
    if (rowsOf(table).length >= table.most) return null;
    const row = table.pattern.cloneNode(true);
    table.next += 1;
    controlsOf(row).forEach((control) => {
      control.name = control.name.replace(/\.\d+\./, `.${table.next}.`);
      control.id = control.name;
    });
    row.querySelector(".grid-remove button").addEventListener("click", () => removeRow(table, row));
    table.tBodies[0].append(row);
    renumber(table);
    return row;
  };

  // Cells by tabs, rows by newlines; a cell in quotes may have either, a doubled quote is one.
  const parsed = (text) => {
    const lines = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at];
      const line = lines[lines.length - 1];
      if (quoted) {
        if (sign !== '"') line[line.length - 1] += sign;
        else if (text[at + 1] === '"') {
          line[line.length - 1] += '"';
          at += 1;
        } else quoted = false;
      } else if (sign === '"' && line[line.length - 1] === "") quoted = true;
      else if (sign === "\t") line.push("");
      else if (sign === "\n") lines.push([""]);
      else line[line.length - 1] += sign;
    }
    if (lines[lines.length - 1].join("") === "") lines.pop();
    return lines;
  };

  const isoDay = (text) => {
    const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: .*)?$/.exec(text);
    return found && `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}`;
  };

  // What does not fit stays to be seen: the answer to the form says what is wrong with it.
  const put = (control, text) => {
    freshen(control);
    if (control.tagName === "SELECT") {
      if (text && ![...control.options].some((option) => option.value === text)) control.add(new Option(text, text));
      control.value = text;
    } else if (control.type === "date") {
      control.value = isoDay(text) || "";
      if (text && !control.value) {
        control.type = "text";
        control.value = text;
      }
    } else {
      control.value = control.tagName === "TEXTAREA" ? text : text.replace(/\s+/g, " ");
    }
  };

  const rowAt = (table, place) => rowsOf(table)[place] || addRow(table);

  const fill = (table, control, lines) => {
    const row = control.closest("tr");
    const column = controlsOf(row).indexOf(control);
    const labels = table.labels.slice(column);
    const titled = lines.length > 1 && lines[0].every((text, at) => text.trim() === labels[at]);
    const wanted = titled ? lines.slice(1) : lines;
    const start = rowsOf(table).indexOf(row);
    let done = 0;
    for (const line of wanted) {
      const into = rowAt(table, start + done);
      if (!into) break;
      const controls = controlsOf(into).slice(column);
      line.slice(0, controls.length).forEach((text, at) => put(controls[at], text.trim()));
      done += 1;
    }
    const said = [`已粘贴 ${done} 行。`];
    if (done < wanted.length) said.push(`表格最多 ${table.most} 行，后面 ${wanted.length - done} 行没有粘贴。`);
    const beyond = Math.max(...wanted.map((line) => line.length)) - labels.length;
    if (beyond > 0) said.push(`右边多出的 ${beyond} 列没有粘贴。`);
    say(table, said.join(""));
  };

  const pasted = (table, event) => {
    const control = event.target.closest("input, select, textarea");
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    const fromSheet = text.includes("\t") || /<table[\s>]/i.test(event.clipboardData.getData("text/html"));
    if (!control || !fromSheet) return;
    const lines = parsed(text);
    if (!lines.length) return;
    event.preventDefault();
    fill(table, control, lines);
  };

  // Enter goes down a column, as in a spreadsheet, instead of sending the form.
  const pressed = (table, event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const below = rowAt(table, rowsOf(table).indexOf(row) + 1);
    if (below) controlsOf(below)[controlsOf(row).indexOf(event.target)].focus();
  };

  const prepare = (more) => {
    const table = document.getElementById(more.dataset.grid);
    table.more = more;
    table.most = Number(table.dataset.most);
    table.labels = [...table.tBodies[0].rows[0].querySelectorAll("td")].map((cell) => cell.dataset.label);
    table.next = rowsOf(table).length;
    const head = document.createElement("td");
    head.className = "grid-remove";
    table.tHead.rows[0].append(head);
    rowsOf(table).forEach((row) => {
      const cell = row.insertCell();
      cell.className = "grid-remove";
      cell.append(button("删除"));
      cell.firstChild.addEventListener("click", () => removeRow(table, row));
    });
    // On a phone every empty row is a screen to scroll past.
    if (window.matchMedia("(max-width: 760px)").matches) {
      rowsOf(table).filter(isEmpty).slice(1).forEach((row) => row.remove());
    }
    const last = rowsOf(table)[rowsOf(table).length - 1];
    table.pattern = last.cloneNode(true);
    empty(table.pattern);
    table.spoken = document.createElement("p");
    table.spoken.className = "grid-said";
    table.spoken.setAttribute("role", "status");
    more.closest("p").after(table.spoken);
    more.textContent = "增加一行";
    more.nextElementSibling.textContent = "可以从 Excel 复制多行，在起始格中粘贴。";
    more.addEventListener("click", (event) => {
      event.preventDefault();
      const row = addRow(table);
      if (row) controlsOf(row)[0].focus();
    });
    table.addEventListener("paste", (event) => pasted(table, event));
    table.addEventListener("keydown", (event) => pressed(table, event));
    renumber(table);
  };

  document.querySelectorAll("button[data-grid]").forEach(prepare);
})();
