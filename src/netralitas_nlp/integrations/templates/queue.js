"use strict";
// Every text goes into the page as textContent: nothing that a post says can become markup.
(() => {
  const data = JSON.parse(document.getElementById("posts").textContent);
  const say = data.words;
  const posts = data.posts.map((p) => {
    const text = p[5].map((piece) => piece[0]).join("");
    return {
      row: p[0], date: p[1], probability: p[2], verdict: data.verdicts[p[3]],
      signals: p[4].map(([i, v]) => [data.signals[i], v]),
      pieces: p[5].map(([t, i]) => [t, i === undefined ? "" : data.signals[i]]),
      text, plain: text.toLowerCase(),
    };
  });
  const ROW = 54;
  const SPARE = 8;
  const $ = (id) => document.getElementById(id);
  const list = $("list"), space = $("space"), read = $("read");
  const store = "netralitas-antrean-" + data.key;
  let decided = new Map();
  let unsaved = false;
  let shown = posts;
  let at = 0;

  try {
    const kept = JSON.parse(localStorage.getItem(store) || "[]");
    const known = new Set([...data.labels, data.skip]);
    decided = new Map(kept.filter((pair) => known.has(pair[1])));
  } catch { /* a browser that keeps nothing: decisions last as long as the page */ }

  function keep() {
    try { localStorage.setItem(store, JSON.stringify([...decided])); } catch { /* as above */ }
  }

  function make(tag, kind, text) {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  const number = (value) => value.toLocaleString(data.language);
  const share = (value) => value.toLocaleString(data.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  // never "0,00" or "1,00": no reading is certain
  const likely = (value) => value < 0.005 ? "< " + share(0.01) : value > 0.995 ? "> " + share(0.99) : share(value);
  const fill = (words, places) => words.replace(/\{(\w+)\}/g, (_, name) => places[name]);

  // ---- the list: only the rows in sight exist
  function draw() {
    space.style.height = shown.length * ROW + "px";
    const first = Math.max(Math.floor(list.scrollTop / ROW) - SPARE, 0);
    const last = Math.min(Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE, shown.length);
    const rows = [];
    for (let i = first; i < last; i++) {
      const post = shown[i];
      const row = make("div", i === at ? "row at" : "row");
      row.style.top = i * ROW + "px";
      row.id = "row-" + post.row;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", i === at);
      row.setAttribute("aria-setsize", shown.length);
      row.setAttribute("aria-posinset", i + 1);
      row.dataset.i = i;
      const facts = make("div", "facts");
      facts.append(make("b", "machine", post.verdict), make("span", "machine", likely(post.probability)));
      if (post.date) facts.append(make("span", "", post.date));
      const mine = decided.get(post.row);
      facts.append(make("span", "mine", mine ? "✓ " + mine : ""));
      row.append(facts, make("div", "words", post.text.slice(0, 140).replace(/\s+/g, " ")));
      rows.push(row);
    }
    space.replaceChildren(...rows);
    if (shown[at]) list.setAttribute("aria-activedescendant", "row-" + shown[at].row);
    else list.removeAttribute("aria-activedescendant");
  }

  function open() {
    const post = shown[at];
    $("inner").classList.toggle("hidden", !post);
    $("nothing").classList.toggle("hidden", Boolean(post));
    if (!post) return;
    $("verdict").textContent = post.verdict;
    const label = fill(say.probability, { value: likely(post.probability) });
    $("probability").textContent = label;
    $("bar").setAttribute("aria-label", label + "; " + fill(say.band, { low: share(data.band[0]), high: share(data.band[1]) }));
    $("fill").style.width = 100 * post.probability + "%";
    $("place").textContent = fill(say.place, { row: number(post.row) }) + (post.date ? " · " + post.date : "");
    const words = post.pieces.flatMap(([text, signal]) => {
      if (!signal) return [document.createTextNode(text)];
      return [make("mark", "s-" + signal, text), make("sup", "", signal)];
    });
    $("text").replaceChildren(...words);
    const chips = post.signals.map(([name, value]) => make("span", "chip s-" + name, name + " " + likely(value)));
    $("signals").replaceChildren(...(chips.length ? chips : [make("span", "soft", say.no_signals)]));
    for (const button of $("decide").children) {
      button.setAttribute("aria-pressed", decided.get(post.row) === button.dataset.label);
    }
    read.scrollTop = 0;
  }

  function count() {
    const done = posts.filter((post) => decided.has(post.row)).length;
    $("count").textContent = fill(say.count, { shown: number(shown.length), all: number(posts.length), done: number(done) });
  }

  function go(to) {
    if (!shown.length) return;
    at = Math.min(Math.max(to, 0), shown.length - 1);
    const top = at * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    draw();
    open();
  }

  // ---- filters, folded away on a narrow screen
  function unfold(show) {
    $("filters").classList.toggle("open", show);
    $("fold").setAttribute("aria-expanded", show);
  }

  function filter() {
    const here = shown[at];
    const needle = $("words").value.trim().toLowerCase();
    const verdicts = new Set([...document.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
    const signal = $("signal").value;
    const from = $("from") ? $("from").value : "";
    const to = $("to") ? $("to").value : "";
    const mine = $("mine").value;
    shown = posts.filter((post) =>
      verdicts.has(post.verdict)
      && (!signal || post.signals.some(([name, value]) => name === signal && value >= data.least))
      && (!from || (post.date && post.date >= from))
      && (!to || (post.date && post.date <= to))
      && (mine === "all" || decided.has(post.row) === (mine === "done"))
      && (!needle || post.plain.includes(needle)));
    const active = [needle, signal, from, to, mine !== "all", verdicts.size < data.verdicts.length];
    const used = active.filter(Boolean).length;
    $("active").textContent = used ? " (" + used + ")" : "";
    const kept = shown.indexOf(here);
    at = kept < 0 ? Math.min(at, Math.max(shown.length - 1, 0)) : kept;
    list.scrollTop = Math.max(at * ROW - list.clientHeight / 2, 0);
    draw();
    open();
    count();
  }

  // ---- decisions
  function decide(label) {
    const post = shown[at];
    if (!post) return;
    if (label === null) decided.delete(post.row);
    else decided.set(post.row, label);
    unsaved = decided.size > 0;
    keep();
    if ($("mine").value !== "all") { filter(); return; }
    count();
    if (label === null) { draw(); open(); } else next();
  }

  function next() {
    for (let i = at + 1; i < shown.length; i++) {
      if (!decided.has(shown[i].row)) { go(i); return; }
    }
    draw();
    open();
  }

  // a spreadsheet would run cells that start like this as formulas; see text/cells.py
  const cell = (value) => {
    let text = String(value);
    if (/^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text)) text = "'" + text;
    return '"' + text.replaceAll('"', '""') + '"';
  };

  function table() {
    const rows = [data.columns];
    for (const post of [...posts].sort((a, b) => a.row - b.row)) {
      const label = decided.get(post.row);
      if (!data.labels.includes(label)) continue;
      rows.push([post.text, label, post.row, post.date, post.probability, post.verdict]);
    }
    return rows;
  }

  function save() {
    const rows = table();
    const left = [...decided.values()].filter((label) => !data.labels.includes(label)).length;
    const say_left = left ? " " + fill(say.left, { n: number(left) }) : "";
    if (rows.length === 1) {
      $("status").textContent = say.none + say_left;
      return;
    }
    const text = "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = data.download;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved = false;
    $("status").textContent = fill(say.saved, { n: number(rows.length - 1), file: data.download }) + say_left;
  }

  function blind() {
    $("blind").checked = document.body.classList.toggle("blind");
  }

  const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const typing = event.target.matches("input[type=search], input[type=date], select");
    if (event.key === "Escape") { event.target.blur(); list.focus(); return; }
    if (event.target === $("words") && event.key === "Enter") { event.preventDefault(); list.focus(); return; }
    if (typing) return;
    const key = event.key;
    if (key in steps) go(at + steps[key]);
    else if (key === "Home") go(0);
    else if (key === "End") go(shown.length - 1);
    else if (key in data.keys) decide(data.keys[key]);
    else if (key === "u") decide(null);
    else if (key === "h") blind();
    else if (key === "e") save();
    else if (key === "/") { unfold(true); $("words").focus(); }
    else if (key === "?") $("help").showModal();
    else return;
    event.preventDefault();
  });

  for (const [key, label] of Object.entries(data.keys)) {
    const button = make("button");
    button.type = "button";
    button.dataset.label = label;
    if (key.trim()) button.append(make("kbd", "", key), " ");
    button.append(label);
    button.addEventListener("click", () => decide(label));
    $("decide").append(button);
  }
  let soon = 0;
  list.addEventListener("scroll", () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(draw);
  }, { passive: true });
  space.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row) go(Number(row.dataset.i));
  });
  let later = 0;
  $("words").addEventListener("input", () => { clearTimeout(later); later = setTimeout(filter, 120); });
  $("filters").addEventListener("change", (event) => { if (event.target !== $("words")) filter(); });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("blind").addEventListener("change", () => document.body.classList.toggle("blind", $("blind").checked));
  $("fold").addEventListener("click", () => unfold($("fold").getAttribute("aria-expanded") !== "true"));
  $("save").addEventListener("click", save);
  $("ask").addEventListener("click", () => $("help").showModal());
  $("close").addEventListener("click", () => $("help").close());
  $("undo").addEventListener("click", () => decide(null));
  addEventListener("resize", draw);
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  $("band").style.left = 100 * data.band[0] + "%";
  $("band").style.width = 100 * (data.band[1] - data.band[0]) + "%";
  filter();
  list.focus();
})();
