"use strict";
// The page sorts, filters and draws. Ranks and statistics come ready from adbench; names are written as text only.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg", CHUNK = 120, UNIT = data.scale;
  const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  const breakable = (name) => name.split(/(?<=[_-])/).flatMap((part) => [part, el("wbr")]); // long names break between their words
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }
  const first = { tab: "0", channel: "all", metric: "auc", ranking: "mean", text: "", family: "", supervision: "", source: "", sort: "rank", down: "", open: "" };
  const state = { ...first, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) };
  let board, rows = [], shown = 0, fields = [];

  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const metricOf = (name) => board.metrics.find((m) => m.name === name);
  const standing = (metric) => (board.standings[state.channel][metric] || {})[state.ranking];
  const digits = (largest) => (largest >= 10 ? 1 : largest >= 1 ? 2 : largest >= 0.1 ? 3 : largest >= 0.01 ? 4 : 5);
  const text = (value, places) => (value === null || value === undefined ? "–" : (value / UNIT).toFixed(places));
  function seconds(value) {
    if (value === undefined) return "";
    const s = value / UNIT;
    return s < 0.05 ? "<0.1 s" : s < 99.5 ? `${s.toFixed(s < 9.95 ? 1 : 0)} s` : s < 5970 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
  }

  function options(id, pairs) {
    $(id).replaceChildren(...pairs.map(([value, label]) => el("option", { value }, label)));
    if (!pairs.some(([value]) => value === state[id])) state[id] = pairs[0][0];
    $(id).value = state[id];
  }

  function choose() {
    if (!own(data.boards, state.tab)) state.tab = "0";
    board = data.boards[state.tab];
    $("tabs").replaceChildren(...data.boards.map((b, i) => {
      const button = el("button", { type: "button", role: "tab", "aria-selected": String(i === +state.tab), "aria-controls": "board", tabindex: i === +state.tab ? "0" : "-1" }, b.title);
      button.onclick = () => change({ tab: String(i), open: "", family: "", text: state.text });
      return button;
    }));
    $("warning").hidden = !board.warning;
    $("warning").textContent = board.warning;
    $("interval").textContent = board.interval;
    options("channel", [["all", "all channels"], ...board.channels.map((c) => [c, `channel ${c}`])]);
    const merit = board.rankings.find((r) => r.name === state.ranking);
    if (merit && merit.figure && metricOf(merit.figure)) state.metric = merit.figure;
    options("metric", board.metrics.map((m) => [m.name, m.label]));
    options("ranking", board.rankings.filter((r) => !r.figure || metricOf(r.figure)).map((r) => [r.name, r.label]));
    const kinds = (key) => [...new Set(board.entries.map((e) => e[key]).filter(Boolean))].sort().map((k) => [k, k]);
    options("family", [["", "all"], ...kinds("family")]);
    options("supervision", [["", "all"], ...kinds("supervision")]);
    options("source", [["", "all"], ["run", "ours"], ["published", "published"]]);
    $("text").value = state.text;
    $("notes").replaceChildren(...notes("What to know about these figures", board.notes), ...notes("What the data set says of itself", board.dataNotes));
  }

  function notes(title, texts) {
    return texts.length ? [el("details", texts.length < 6 ? { open: "" } : {}, el("summary", {}, `${title} (${texts.length})`), el("ul", {}, ...texts.map((t) => el("li", {}, t))))] : [];
  }

  function columns() {
    const method = board.rankings.find((r) => r.name === state.ranking);
    const found = [{ id: "rank", label: "Rank", get: (i) => (standing(state.metric) || { rank: [] }).rank[i] },
      { id: "name", label: "Detector", left: true, get: (i) => board.entries[i].name.toLowerCase() }];
    const chosen = [metricOf(state.metric), ...board.metrics.filter((m) => m.name !== state.metric && !method.figure)];
    for (const metric of chosen) {
      const table = standing(metric.name);
      if (!table && metric.name !== state.metric) continue;
      const deciding = metric.name === state.metric;
      found.push({ id: metric.name, label: deciding && !["mean", "median", "minimum"].includes(method.name) ? `${method.label}, ${metric.label}` : metric.label, metric, table, deciding, extra: !deciding,
        down: ["mean", "median", "minimum"].includes(method.name) ? metric.higher : method.higher, get: (i) => (table ? table.value[i] : null) });
    }
    found.push({ id: "have", label: "Cells", extra: true, get: (i) => board.entries[i].have });
    if (board.entries.some((e) => e.fit !== undefined)) found.push({ id: "fit", label: "Fit", extra: true, get: (i) => board.entries[i].fit });
    for (const column of found.filter((c) => c.table)) {
      const values = column.table.value.filter((v) => v !== null);
      const largest = Math.max(0, ...values.map(Math.abs)) / UNIT;
      column.places = values.every((v) => v % UNIT === 0) ? 0 : digits(largest);
      column.ranked = column.table.rank.reduce((a, r) => Math.max(a, r || 0), 1);
    }
    return found;
  }

  function select() {
    const wanted = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    rows = [...board.entries.keys()].filter((i) => {
      const e = board.entries[i], all = `${e.name} ${e.family || ""} ${(e.flags || []).join(" ")}`.toLowerCase();
      return wanted.every((w) => all.includes(w)) && (!state.family || e.family === state.family)
        && (!state.supervision || e.supervision === state.supervision) && (!state.source || e.source === state.source);
    });
    const column = fields.find((f) => f.id === state.sort) || fields[0], sign = state.down ? -1 : 1;
    const keys = new Map(rows.map((i) => [i, column.get(i)])), empty = (v) => v === null || v === undefined;
    rows.sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      if (empty(x) || empty(y)) return empty(x) - empty(y) || a - b; // what has no figure stays last either way
      return (x < y ? -sign : x > y ? sign : 0) || a - b;
    });
  }

  function head() {
    $("table").tHead.replaceChildren(el("tr", {}, ...fields.map((f) => {
      const on = f.id === state.sort;
      const th = el("th", { scope: "col", "aria-sort": on ? (state.down ? "descending" : "ascending") : "none", class: [f.left && "left", f.extra && "extra"].filter(Boolean).join(" ") });
      const button = el("button", { type: "button", "data-sort": f.id }, f.label);
      button.onclick = () => { change({ sort: f.id, down: on ? (state.down ? "" : "1") : f.down ? "1" : "" }); document.querySelector(`[data-sort="${f.id}"]`).focus(); };
      th.append(button);
      return th;
    })));
  }

  function ends([low, high], places) {
    return el("span", { class: "ends" }, `${text(low, places)} – ${text(high, places)}`);
  }

  function row(i) {
    const e = board.entries[i];
    const tr = el("tr", { tabindex: "0", "data-i": i, "aria-label": `${e.name}, open details` });
    for (const f of fields) {
      if (f.id === "name") {
        const th = el("th", { scope: "row" }, el("span", {}, ...breakable(e.name))), sub = el("span", { class: "sub" });
        sub.append(el("span", e.source === "run" ? { class: "ours" } : {}, e.source === "run" ? "ours" : "published"));
        sub.append([e.family && e.family !== e.name ? ` · ${e.family}` : "", e.supervision && e.supervision !== "unsupervised" ? ` · ${e.supervision}` : "", e.twin ? ` · twin of ${e.twin}` : ""].join(""));
        if (e.flags) sub.append(el("span", { class: "flag", title: e.flags.join("; ") }, " · ⚑ odd figures"));
        if (e.gaps) sub.append(el("span", { class: "flag", title: e.gaps.map((g) => `channel ${g[0]}: ${g[2]}`).join("; ") }, ` · lacks ${[...new Set(e.gaps.map((g) => g[0]))].join(", ")}`));
        th.append(sub);
        tr.append(th);
        continue;
      }
      const td = el("td", f.extra ? { class: "extra" } : {}), value = f.get(i);
      if (f.table) {
        const rank = f.table.rank[i], interval = f.table.interval[i];
        if (interval && f.deciding) td.append(ends(interval, f.places));
        td.append(text(value, f.places));
        if (rank) td.style.backgroundColor = `rgb(var(--heat) / ${(0.34 * (1 - Math.log(rank) / Math.log(Math.max(2, f.ranked + 1)))).toFixed(3)})`;
      } else if (f.metric) td.append(el("span", { class: "none" }, "unmeasured"));
      else if (f.id === "rank") td.append(value ? String(value) : el("span", { class: "none" }, "not ranked"));
      else if (f.id === "have") td.append(`${value}/${board.columns.length}`);
      else td.append(seconds(value));
      tr.append(td);
    }
    return tr;
  }

  function more(count) {
    const next = rows.slice(shown, shown + count);
    $("table").tBodies[0].append(...next.map(row));
    shown += next.length;
  }

  function draw() {
    fields = columns();
    if (!fields.some((f) => f.id === state.sort)) state.sort = "rank";
    select();
    head();
    $("table").tBodies[0].replaceChildren();
    shown = 0;
    more(CHUNK);
    const method = board.rankings.find((r) => r.name === state.ranking);
    $("caption").textContent = `${board.title} · ${state.channel === "all" ? "all channels" : `channel ${state.channel}`} · ${method.label} · ${metricOf(state.metric).label} · split ${board.split}`;
    const ranked = rows.filter((i) => (standing(state.metric) || { rank: [] }).rank[i]).length;
    $("count").textContent = `${rows.length.toLocaleString("en")} of ${board.entries.length.toLocaleString("en")} detectors, ${ranked.toLocaleString("en")} of them ranked`;
  }

  function save() {
    const said = Object.entries(state).filter(([key, value]) => own(first, key) && String(value) !== first[key]);
    history.replaceState(null, "", said.length ? `#${new URLSearchParams(said)}` : location.pathname + location.search);
  }

  function change(what) {
    if (what.metric && (board.rankings.find((r) => r.name === state.ranking) || {}).figure) state.ranking = "mean";
    Object.assign(state, what);
    choose();
    draw();
    save();
  }

  // details of one entry
  function list(pairs) {
    return el("dl", {}, ...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]));
  }

  function signals(i) {
    const metrics = board.metrics, head = ["Channel", "Signal", ...metrics.map((m) => m.label)], reasons = new Set();
    const wanted = [...board.columns.keys()].filter((j) => state.channel === "all" || board.columns[j][0] === state.channel);
    const body = wanted.map((j) => {
      const [channel, signal] = board.columns[j], tr = el("tr", {}, el("td", { class: "left" }, channel), el("th", { scope: "row" }, ...breakable(signal)));
      for (const metric of metrics) {
        const cells = board.cells[metric.name], value = cells.value[i][j], interval = (cells.interval[i] || [])[j];
        const note = board.cellNotes[own(cells.other, `${i},${j}`) ? cells.other[`${i},${j}`] : cells.note[j]], lost = note.startsWith("?");
        const places = metric.name.startsWith("max") || metric.name.startsWith("si") ? 2 : metric.name === "auc" ? 3 : 4;
        const reason = lost ? note.slice(1) : note, td = el("td", lost ? { class: "none" } : {});
        if (!lost && interval && interval[0] !== null) td.append(ends(interval, places));
        td.append(lost ? "–" : text(value, places));
        if (reason) td.setAttribute("title", reason);
        if (lost && reason) reasons.add(`channel ${channel}, ${metric.label}: ${reason}`);
        tr.append(td);
      }
      return tr;
    });
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...head.map((h, n) => el("th", { scope: "col", class: n < 2 ? "left" : "" }, h)))), el("tbody", {}, ...body));
    const why = reasons.size ? [el("details", { class: "why" }, el("summary", {}, "Why some figures are not shown"), el("ul", {}, ...[...reasons].map((r) => el("li", {}, r))))] : [];
    return [el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures of every signal" }, table), ...why];
  }

  function round(low, high) {
    const least = (high - low) / 5, power = 10 ** Math.floor(Math.log10(least)), step = power * [1, 2, 5, 10].find((factor) => factor * power >= least);
    const start = Math.ceil(low / step), count = Math.floor(high / step) - start + 1;
    return Array.from({ length: count }, (_, k) => +((start + k) * step).toPrecision(6));
  }

  function plot(title, points, x, y, marks, below) {
    const W = 400, H = 300, L = 46, B = 36, T = 10, R = 10;
    const log = (v, [a, b]) => (Math.log10(v) - Math.log10(a)) / (Math.log10(b) - Math.log10(a)), lin = (v, [a, b]) => (v - a) / (b - a);
    const X = (v) => L + (W - L - R) * (x.log ? log : lin)(v, x.range), Y = (v) => H - B - (H - B - T) * (y.log ? log : lin)(v, y.range);
    const drawn = svg("svg", { class: "plot", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title });
    if (below > x.range[0]) drawn.append(svg("rect", { class: "unmeasured", x: L, y: T, width: X(Math.min(1, below)) - L, height: H - B - T }));
    for (const v of x.ticks) drawn.append(svg("line", { class: "grid", x1: X(v), x2: X(v), y1: T, y2: H - B }), svg("text", { x: X(v), y: H - B + 15, "text-anchor": "middle" }, String(v)));
    for (const v of y.ticks) drawn.append(svg("line", { class: "grid", x1: L, x2: W - R, y1: Y(v), y2: Y(v) }), svg("text", { x: L - 6, y: Y(v) + 4, "text-anchor": "end" }, String(v)));
    drawn.append(svg("rect", { class: "frame", x: L, y: T, width: W - L - R, height: H - B - T }), svg("text", { x: (L + W - R) / 2, y: H - 4, "text-anchor": "middle" }, x.label));
    const path = (some) => some.filter(([a, b]) => b !== null && b >= y.range[0]).map(([a, b], n) => `${n ? "L" : "M"}${X(a).toFixed(1)} ${Y(Math.min(b, y.range[1])).toFixed(1)}`).join("");
    for (const [kind, some] of [...marks, ...points]) drawn.append(svg("path", { class: kind, d: path(some) }));
    return el("figure", {}, drawn, el("figcaption", {}, title));
  }

  function curves(detail) {
    const names = board.columns.filter(([channel]) => ["all", channel].includes(state.channel)).map((column) => column.join("/")).filter((n) => own(detail.curves, n));
    const ran = detail.runs.some((r) => ["all", r.channel].includes(state.channel));
    if (!names.length) return ran ? [el("p", { class: "sub" }, "No ROC and SIC curves: only the figures of these reference results were kept.")] : [];
    const place = el("div", { class: "plots" }), pick = el("select", { id: "signal", "aria-label": "Signal of the curves" }, ...names.map((n) => el("option", { value: n }, `channel ${n.replace("/", ", ")}`)));
    const show = () => {
      const steps = detail.curves[pick.value].length, at = (k) => 10 ** (-4 + (4 * k) / (steps - 1));
      const roc = detail.curves[pick.value].map((v, k) => [at(k), v === null ? null : v / 10000]), sic = roc.map(([b, s]) => [b, s === null ? null : s / Math.sqrt(b)]);
      const guess = roc.map(([b]) => [b, b]), below = detail.smallest[pick.value.split("/")[0]];
      const measured = sic.filter(([b]) => b >= below), top = 1.1 * Math.max(1, ...measured.map(([, s]) => s));
      const ticks = round(0, top), x = { log: true, range: [1e-4, 1], ticks: [1e-4, 1e-3, 1e-2, 0.1, 1], label: "background efficiency" };
      place.replaceChildren(plot("ROC: signal efficiency against background efficiency", [["curve", roc]], x, { log: false, range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }, [["guess", guess]], below),
        plot("SIC: significance improvement against background efficiency", [["curve", sic]], x, { log: false, range: [0, top], ticks }, [["guess", guess.map(([b]) => [b, Math.sqrt(b)])]], below));
    };
    pick.onchange = show;
    show();
    return [el("h3", {}, "ROC and SIC curves"), el("div", { class: "pick" }, pick), place, el("p", { class: "sub" }, "Dotted: a guess. Shaded: fewer than 10 background events expected.")];
  }

  function trainings(detail) {
    const drawn = board.channels.filter((channel) => own(detail.training, channel) && ["all", channel].includes(state.channel)).map((channel) => {
      const { step, figures, seed } = detail.training[channel];
      const shown = ["loss", "val"].filter((name) => own(figures, name)), lines = (shown.length ? shown : Object.keys(figures).slice(0, 2)).map((name) => [name, figures[name].map((v, k) => [step[k], v])]);
      const values = lines.flatMap(([, points]) => points.map(([, v]) => v)).filter((v) => v !== null);
      if (!values.length) return null;
      const low = Math.min(...values), high = Math.max(...values), gap = (high - low || Math.abs(high) || 1) * 0.05, last = step[step.length - 1];
      const ticks = round(low - gap, high + gap);
      const x = { log: false, range: [Math.min(step[0], last - 1), last], ticks: [step[0], last].filter((v, n, all) => all.indexOf(v) === n), label: "epoch" };
      return plot(`Channel ${channel}, seed ${seed}: ${lines.map(([name], n) => `${name}${n ? " dashed" : ""}`).join(", ")}`, lines.map(([, points], n) => [n ? "curve second" : "curve", points]), x, { log: false, range: [low - gap, high + gap], ticks }, [], -Infinity);
    }).filter(Boolean);
    return drawn.length ? [el("h3", {}, "Training"), el("div", { class: "plots" }, ...drawn)] : [];
  }

  function open(i) {
    const e = board.entries[i], detail = board.details[i], dialog = $("detail");
    const close = el("button", { type: "button", class: "close" }, "Close");
    close.onclick = () => dialog.close();
    const about = [e.source === "run" ? "ours" : "published", e.family, e.supervision, e.seeds && `seeds ${e.seeds.join(", ")}`, e.citation || (detail && detail.reference)].filter(Boolean).join(" · ");
    dialog.replaceChildren(close, el("h2", { id: "detail-title" }, e.name), el("p", { class: "sub" }, about));
    for (const flag of e.flags || []) dialog.append(el("p", { class: "warning" }, flag));
    for (const [channel, seeds, reason] of e.gaps || []) dialog.append(el("p", { class: "warning" }, `No scores in channel ${channel}${seeds.some((s) => s) ? `, seed ${seeds.join(", ")}` : ""}: ${reason}`));
    dialog.append(el("h3", {}, e.seeds ? "Every signal, with 68 % intervals in grey" : "Every signal"), ...signals(i));
    if (detail) {
      dialog.append(...curves(detail), ...trainings(detail), el("h3", {}, "Make it again"), el("pre", {}, detail.command), el("h3", {}, `Parameters, preset ${detail.preset}`), list(Object.entries(detail.params)),
        el("h3", {}, "Runs"), list(detail.runs.map((r) => [r.key, `channel ${r.channel}, seed ${r.seed}, fit ${seconds(r.fit * UNIT)}, ${Math.round(r.memory)} MB, ${r.device}`])),
        el("details", {}, el("summary", {}, "Versions"), list([["python", detail.python], ...Object.entries(detail.versions)])));
    } else dialog.append(el("p", { class: "sub" }, "A published entry: its scores, curves and parameters were not published with the figures. Intervals were not published either."));
    state.open = e.name;
    save();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }
  $("detail").addEventListener("close", () => {
    const i = board.entries.findIndex((e) => e.name === state.open);
    state.open = "";
    save();
    const tr = document.querySelector(`tr[data-i="${i}"]`);
    if (tr) tr.focus();
  });
  $("detail").addEventListener("click", (event) => { if (event.target === $("detail")) $("detail").close(); });

  const wide = matchMedia("(min-width: 40.01rem)"), unfold = () => { $("fold").open = wide.matches; }; // on phones the table comes first
  wide.addEventListener("change", unfold);
  unfold();
  const body = $("table").tBodies[0];
  body.addEventListener("click", (event) => { const tr = event.target.closest("tr"); if (tr && !String(getSelection())) open(+tr.dataset.i); });
  for (const id of ["channel", "metric", "ranking", "family", "supervision", "source"]) $(id).onchange = () => change({ [id]: $(id).value, ...(["channel", "metric", "ranking"].includes(id) ? { sort: "rank", down: "" } : {}) });
  $("text").oninput = () => { state.text = $("text").value; draw(); save(); };
  $("controls").onsubmit = (event) => event.preventDefault();
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || $("detail").open) return;
    if (event.key === "/" && !typing) { event.preventDefault(); $("text").focus(); $("text").select(); return; }
    if (event.key === "Escape" && typing) { document.activeElement.blur(); return; }
    const tab = document.activeElement.closest("#tabs button"), tr = document.activeElement.closest("#table tbody tr");
    if (tab && /^Arrow(Left|Right)$/.test(event.key)) {
      const count = data.boards.length, next = (+state.tab + (event.key === "ArrowRight" ? 1 : count - 1)) % count;
      change({ tab: String(next), family: "" });
      $("tabs").children[next].focus();
    } else if (tr && event.key === "Enter") { event.preventDefault(); open(+tr.dataset.i); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && document.activeElement.tagName !== "SELECT") {
      const down = event.key === "ArrowDown";
      if (tr && down && !tr.nextElementSibling) more(CHUNK);
      const next = tr ? (down ? tr.nextElementSibling : tr.previousElementSibling) : down ? body.firstElementChild : null;
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
  new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting) && shown < rows.length) more(CHUNK); }, { rootMargin: "1200px" }).observe($("more"));
  addEventListener("scroll", () => { if (shown < rows.length && $("more").getBoundingClientRect().top < innerHeight + 1200) more(CHUNK); }, { passive: true });
  addEventListener("beforeprint", () => more(rows.length));
  function reopen() {
    const i = board.entries.findIndex((e) => e.name === state.open);
    if (i >= 0) open(i); else if ($("detail").open) $("detail").close();
  }
  addEventListener("hashchange", () => { Object.assign(state, first, Object.fromEntries(new URLSearchParams(location.hash.slice(1)))); choose(); draw(); reopen(); });
  choose();
  draw();
  reopen();
})();
