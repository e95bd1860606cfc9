/* The explore page: choices, state in the address, charts by Vega-Lite, tables, downloads.
   Here: how figures are shown. Not here: any figure or word (window.utforsk.start), or which figures there are. */
(() => {
  "use strict";
  const app = window.utforsk, start = app.start, words = start.words;
  const areas = start.areas.map(([code, name, level, county, kostra], at) => ({ code, name, level, county, kostra, at }));
  const byCode = new Map(areas.map((area) => [area.code, area]));
  const indicators = new Map(start.indicators.map((one) => [one.id, one]));
  const country = areas.find((area) => area.level === "country");
  const municipalities = areas.filter((area) => area.level === "municipality");
  const figures = new Map(), arriving = new Map(), waiting = new Map();
  const $ = (id) => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  /* colours that differ in lightness too, and a dash each: colour is never alone */
  const LOOKS = [["#005b8c", [1, 0]], ["#b35900", [6, 3]], ["#4d4d4d", [2, 2]], ["#7a3b8f", [8, 2, 2, 2]], ["#00664f", [4, 4]], ["#a3123a", [1, 3]], ["#6b5900", [10, 4]]];
  const MOST_OTHERS = LOOKS.length - 3;
  const state = { i: "", m: start.home, a: [], y: 0, d: "", k: {} };

  /* figures come packed (data.py): a line of JSON, then lists of whole numbers, each as steps, lowest bytes first */
  const unpacked = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  };
  const numbers = (bytes, count, width) => {
    let last = 0;
    return Array.from({ length: count }, (_, at) => {
      let code = 0;
      for (let byte = width - 1; byte >= 0; byte -= 1) code = code * 256 + bytes[byte * count + at];
      if (code === 0) return null;
      last += code % 2 ? (code - 1) / 2 : -code / 2;
      return last;
    });
  };
  const prepared = (bytes) => {
    let from = bytes.indexOf(10);
    const content = JSON.parse(new TextDecoder().decode(bytes.subarray(0, from)));
    from += 1;
    for (const [name, count, width] of content.lists) {
      content[name] = numbers(bytes.subarray(from, from + count * width), count, width);
      from += count * width;
    }
    const unit = 10 ** content.decimals;
    content.values = content.values.map((value) => value === null ? null : value / unit);
    content.bound = new Map(content.at.map((at, row) => [at, [content.low[row] / unit, content.high[row] / unit]]));
    content.size = areas.length * content.years.length;
    return content;
  };
  app.receive = (id, packed) => { arriving.set(id, packed); };
  const arrived = async (id) => { if (!figures.has(id)) figures.set(id, prepared(await unpacked(arriving.get(id)))); };

  /* the chart library comes packed too: it starts when its text is here */
  const library = async () => {
    if (window.vegaEmbed) return;
    const script = document.createElement("script");
    script.textContent = new TextDecoder().decode(await unpacked(arriving.get(app.library)));
    document.head.append(script);
  };

  const load = (source) => {
    if (!waiting.has(source)) {
      waiting.set(source, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = done;
        script.onerror = () => { waiting.delete(source); failed(new Error(source)); };
        document.head.append(script);
      }));
    }
    return waiting.get(source);
  };

  /* ---- state in the address ---- */
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    state.i = indicators.has(given.get("i")) ? given.get("i") : start.indicators[0].id;
    state.m = byCode.get(given.get("m"))?.level === "municipality" ? given.get("m") : start.home;
    state.a = (given.get("a") || "").split(",").filter((code) => byCode.has(code)).slice(0, MOST_OTHERS);
    state.y = Number(given.get("y")) || 0;
    state.d = given.get("d") || "";
    state.k = {};
    for (const name of indicators.get(state.i).by) if (given.get(name)) state.k[name] = given.get(name);
  };
  const write = () => {
    const kept = new URLSearchParams({ i: state.i, m: state.m });
    if (state.a.length) kept.set("a", state.a.join(","));
    if (state.y) kept.set("y", state.y);
    if (state.d) kept.set("d", state.d);
    for (const [name, code] of Object.entries(state.k)) if (code !== "all") kept.set(name, code);
    history.replaceState(null, "", `#${kept}`);
  };

  /* ---- cells ---- */
  const series = (content, codes) => content.series.findIndex((key) => key.every((code, at) => code === codes[at]));
  const chosenCodes = (one) => one.by.map((name) => state.k[name] || "all");
  const cell = (content, number, area, year) => {
    const at = number * content.size + area.at * content.years.length + content.years.indexOf(year);
    const [low, high] = content.bound.get(at) || [null, null];
    return { value: content.values[at], low, high, status: content.words[content.states[at]] };
  };
  const numeral = (value, decimals) => new Intl.NumberFormat("nb-NO", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  const shown = (one, given) => {
    const range = given.low === null ? "" : fill(words.interval, { low: numeral(given.low, one.decimals), high: numeral(given.high, one.decimals) });
    if (given.value !== null) return numeral(given.value, one.decimals) + (range ? ` (${range})` : "");
    return range || start.statuses[given.status === "ok" ? "missing" : given.status] || "";
  };
  const compared = () => {
    const home = byCode.get(state.m), county = areas.find((area) => area.level === "county" && area.code === home.county && area.name !== home.name);
    const others = state.a.map((code) => byCode.get(code));
    return [...new Set([home, county, country, ...others].filter(Boolean))];
  };
  const label = (name, code) => code === "all" ? words.total : (start.labels[name] || {})[code] || code;

  /* ---- charts ---- */
  const look = (used) => ({ domain: used.map((area) => area.name), range: used.map((_, at) => LOOKS[at % LOOKS.length][0]) });
  const base = (description, one) => ({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", description, width: "container", height: 240, background: "#fff",
    config: { locale: { number: { decimal: ",", thousands: "\u00a0", grouping: [3], currency: ["", ""] } }, font: "system-ui, Segoe UI, Arial, sans-serif", axis: { labelFontSize: 12, titleFontSize: 12, gridColor: "#e5e5e5" }, legend: { labelFontSize: 12, orient: "bottom", columns: 3, symbolStrokeWidth: 3 }, view: { stroke: null } },
    title: one.demo ? { text: start.demo, anchor: "end", fontSize: 11, color: "#8a6100" } : undefined,
    padding: { right: 12 },
  });
  const axis = (one, zero) => ({ type: "quantitative", title: one.unit, scale: { zero }, axis: { format: ",~f" } });

  const timeSpec = (one, content, number, used) => {
    const values = used.flatMap((area) => content.years.map((year) => ({ area: area.name, year, ...cell(content, number, area, year) })));
    const last = used.map((area) => values.filter((row) => row.area === area.name && row.value !== null).at(-1)).filter(Boolean);
    const colour = { field: "area", type: "nominal", title: null, scale: look(used) };
    const x = { field: "year", type: "quantitative", title: null, axis: { format: "d", tickMinStep: 1, labelFlush: false, labelOverlap: true }, scale: { zero: false, nice: false, padding: 14 } };
    return {
      ...base(`${one.name}: ${words.time}`, one),
      layer: [
        ...(values.some((row) => row.low !== null) ? [{ data: { values: values.filter((row) => row.low !== null) }, mark: { type: "rule", strokeWidth: 4, opacity: 0.45 }, encoding: { x, y: { field: "low", ...axis(one, one.decimals === 0) }, y2: { field: "high" }, color: colour } }] : []),
        { data: { values: values.filter((row) => row.value !== null) }, mark: { type: "line", point: { size: 40 }, strokeWidth: 2.5 },
          encoding: { x, y: { field: "value", ...axis(one, one.decimals === 0) }, color: colour, strokeDash: { field: "area", type: "nominal", title: null, scale: { domain: used.map((area) => area.name), range: used.map((_, at) => LOOKS[at % LOOKS.length][1]) } }, tooltip: [{ field: "area", title: words.area }, { field: "year", title: words.year }, { field: "value", title: one.unit, format: `,.${one.decimals}f` }] } },
        { data: { values: last }, mark: { type: "text", align: "left", dx: 8, fontSize: 12, fontWeight: 600 }, encoding: { x, y: { field: "value", type: "quantitative" }, text: { field: "value", format: `,.${one.decimals}f` }, color: colour } },
      ],
    };
  };

  /* three strips: all municipalities, those of the county, those of the KOSTRA group; the compared areas as marks on the first */
  const stripSpec = (one, content, number, used) => {
    const home = byCode.get(state.m), isCount = one.decimals === 0;
    const told = (list, strip) => list.map((area) => ({ strip, area: area.name, ...cell(content, number, area, state.y) })).filter((row) => row.value !== null);
    const strips = [
      [words.strip_all, municipalities],
      [words.strip_county, municipalities.filter((area) => area.county === home.county)],
      [words.strip_kostra, home.kostra ? municipalities.filter((area) => area.kostra === home.kostra) : []],
    ].filter(([, list]) => list.length > 1);
    const order = strips.map(([name]) => name), y = { field: "strip", type: "nominal", title: null, sort: order };
    const marked = used.filter((area) => !isCount || area.level === "municipality");
    const tooltip = [{ field: "area", title: words.area }, { field: "value", title: one.unit, format: `,.${one.decimals}f` }];
    return {
      ...base(fill(words.strip, { year: state.y }), one), height: { step: 44 },
      layer: [
        { data: { values: strips.flatMap(([name, list]) => told(list, name)) }, mark: { type: "tick", thickness: 1.5, opacity: 0.45, color: "#4d4d4d", size: 30 }, encoding: { x: { field: "value", ...axis(one, false) }, y, tooltip } },
        { data: { values: [...told(marked, order[0]), ...order.slice(1).flatMap((name) => told([home], name))] }, mark: { type: "point", filled: true, size: 140, opacity: 1 },
          encoding: { x: { field: "value", type: "quantitative" }, y, color: { field: "area", type: "nominal", title: null, scale: look(used) }, shape: { field: "area", type: "nominal", title: null, scale: { domain: used.map((area) => area.name) } }, tooltip } },
      ],
    };
  };

  const barsSpec = (one, content, used) => {
    const codes = chosenCodes(one), at = one.by.indexOf(state.d);
    const parts = [...new Set(content.series.filter((key) => key.every((code, n) => n === at || code === codes[n])).map((key) => key[at]))];
    const order = parts.filter((code) => code !== "all" || parts.length === 1);
    const trio = used.slice(0, one.decimals === 0 ? 1 : 3);
    const values = order.flatMap((code) => trio.map((area) => {
      const number = series(content, codes.map((old, n) => (n === at ? code : old)));
      return { part: label(state.d, code), area: area.name, ...cell(content, number, area, state.y) };
    })).filter((row) => row.value !== null);
    return values.length ? {
      ...base(fill(words.bars, { year: state.y }), one), height: { step: Math.max(10, 26 / trio.length) }, data: { values },
      mark: { type: "bar", cornerRadiusEnd: 2 },
      encoding: {
        y: { field: "part", type: "nominal", title: null, sort: order.map((code) => label(state.d, code)), axis: { labelLimit: 240 } }, yOffset: { field: "area", sort: trio.map((area) => area.name) },
        x: { field: "value", ...axis(one, true) }, color: { field: "area", type: "nominal", title: null, scale: look(trio) },
        tooltip: [{ field: "part" }, { field: "area", title: words.area }, { field: "value", title: one.unit, format: `,.${one.decimals}f` }],
      },
    } : null;
  };

  const views = {};
  const draw = async (id, spec) => {
    views[id]?.finalize?.();
    delete views[id];
    if (!spec) { $(id).textContent = words.none; return; }
    const made = await vegaEmbed($(id), spec, { actions: false, renderer: "svg" });
    views[id] = made.view;
    const svg = $(id).querySelector("svg");
    if (svg) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", spec.description); }
  };

  /* ---- tables ---- */
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const tableOf = (caption, head, rows, own) => {
    const table = element("table"), top = table.createTHead().insertRow(), body = table.createTBody();
    table.setAttribute("aria-label", caption);
    for (const text of head) top.append(element("th", text, { scope: "col" }));
    for (const row of rows) {
      const line = body.insertRow();
      if (own(row)) line.className = "own";
      row.cells.forEach((text, at) => line.append(element(at === row.heads ? "th" : "td", text, at === row.heads ? { scope: "row" } : {})));
    }
    return table;
  };
  const ranking = (one, content, number) => {
    const known = municipalities.map((area) => ({ area, ...cell(content, number, area, state.y) }));
    /* only what is surely placed: a figure with bounds has no place of its own */
    const sure = known.filter((row) => row.value !== null && row.low === null);
    const sign = one.direction === "lower_better" ? 1 : -1;
    sure.sort((a, b) => sign * (a.value - b.value) || a.area.code.localeCompare(b.area.code));
    sure.forEach((row, at) => { row.place = at && sure[at - 1].value === row.value ? sure[at - 1].place : at + 1; });
    return { sure, left: known.length - sure.length };
  };

  /* ---- what a person takes along ---- */
  const save = (name, blob) => {
    const link = element("a", "", { download: name, href: URL.createObjectURL(blob) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const guarded = (text) => (/^[=+\-@\t\r]/.test(text) && !/^-?[\d\u00a0 ]+(,\d+)?$/.test(text) ? `'${text}` : text);
  const csv = (rows) => new Blob(["\ufeff", rows.map((row) => row.map((text) => `"${guarded(String(text ?? "")).replaceAll('"', '""')}"`).join(";")).join("\r\n")], { type: "text/csv;charset=utf-8" });
  const plain = (value) => (value === null || value === undefined ? "" : String(value).replace(".", ","));
  const rowsOf = (view) => {
    const one = indicators.get(state.i), content = figures.get(state.i), number = series(content, chosenCodes(one));
    const head = [words.indicator, words.area, words.year, words.value, words.least, words.most, words.status];
    const line = (area, year, key = number, part = "") => {
      const given = cell(content, key, area, year);
      const status = given.value === null && given.status === "ok" ? "missing" : given.status;
      return [one.name + part, area.name, year, plain(given.value), plain(given.low), plain(given.high), start.statuses[status] || status];
    };
    if (view === "strip" || view === "rank") return [head, ...municipalities.map((area) => line(area, state.y))];
    if (view === "bars") {
      const at = one.by.indexOf(state.d);
      return [head, ...compared().flatMap((area) => content.series.map((key, n) => line(area, state.y, n, ` – ${key.map((code, k) => label(one.by[k], code)).join(", ")}`)).filter((_, n) => at < 0 || content.series[n][at] !== "all"))];
    }
    return [head, ...compared().flatMap((area) => content.years.map((year) => line(area, year)))];
  };
  for (const place of document.querySelectorAll(".save")) {
    const view = place.dataset.view, name = () => `${state.i}-${view}-${state.m}`;
    const button = element("button", words.csv, { type: "button" });
    button.onclick = () => save(`${name()}.csv`, csv(rowsOf(view)));
    place.append(button);
    if (["time", "strip", "bars"].includes(view)) {
      const picture = element("button", words.png, { type: "button" });
      picture.onclick = async () => { if (views[view]) save(`${name()}.png`, await (await fetch(await views[view].toImageURL("png", 2))).blob()); };
      place.append(picture);
    }
  }

  /* ---- the page ---- */
  const option = (value, text, chosen) => { const made = element("option", text, { value }); made.selected = chosen; return made; };
  const listIndicators = () => {
    const wanted = $("find").value.trim().toLocaleLowerCase("nb");
    $("indicator").replaceChildren(...Object.entries(start.groups).flatMap(([key, name]) => {
      const found = start.indicators.filter((one) => one.group === key && (!wanted || `${one.name} ${one.about}`.toLocaleLowerCase("nb").includes(wanted) || one.id === state.i));
      if (!found.length) return [];
      const group = element("optgroup", undefined, { label: name });
      group.append(...found.map((one) => option(one.id, one.name, one.id === state.i)));
      return [group];
    }));
  };
  const listAreas = () => {
    const named = [...municipalities].sort((a, b) => a.name.localeCompare(b.name, "nb"));
    $("area").replaceChildren(...named.map((area) => option(area.code, area.name, area.code === state.m)));
    const counties = areas.filter((area) => area.level === "county");
    $("add").replaceChildren(option("", words.add_none, true), ...[...counties, ...named].filter((area) => !compared().includes(area)).map((area) => option(area.code, area.name, false)));
    $("chosen").replaceChildren(...state.a.map((code) => {
      const item = element("li"), button = element("button", `${byCode.get(code).name} ×`, { type: "button", "aria-label": fill(words.remove, { area: byCode.get(code).name }) });
      button.onclick = () => { state.a = state.a.filter((other) => other !== code); render(); };
      item.append(button);
      return item;
    }));
  };
  const listChoices = (one, content) => {
    $("breakdowns").replaceChildren(...one.by.map((name, at) => {
      const row = element("p"), pick = element("select", undefined, { id: `by-${name}` });
      const codes = [...new Set(content.series.map((key) => key[at]))].sort((a, b) => (a === "all" ? -1 : b === "all" ? 1 : label(name, a).localeCompare(label(name, b), "nb")));
      pick.append(...codes.map((code) => option(code, label(name, code), code === (state.k[name] || "all"))));
      pick.onchange = () => { state.k[name] = pick.value; render(); };
      row.append(element("label", start.dimensions[name] || name, { for: `by-${name}` }), pick);
      return row;
    }));
    if (!one.by.includes(state.d)) state.d = one.by[0] || "";
    $("by").replaceChildren(...one.by.map((name) => option(name, start.dimensions[name] || name, name === state.d)));
    $("bars-part").hidden = !one.by.length;
    $("year").replaceChildren(...[...content.years].reverse().map((year) => option(year, String(year), year === state.y)));
  };
  const settle = (one, content) => {
    const codes = chosenCodes(one);
    if (series(content, codes) < 0) {
      const nearest = content.series.find((key) => key.every((code, at) => codes[at] === "all" || code === codes[at])) || content.series[0];
      one.by.forEach((name, at) => { state.k[name] = nearest[at]; });
    }
    const number = series(content, chosenCodes(one));
    if (!content.years.includes(state.y)) {
      const told = content.years.filter((year) => { const own = cell(content, number, byCode.get(state.m), year); return own.value !== null || own.low !== null; });
      state.y = told.at(-1) ?? content.years.at(-1);
    }
    return number;
  };

  const render = async () => {
    const one = indicators.get(state.i);
    $("message").textContent = figures.has(state.i) ? "" : words.loading;
    try {
      await Promise.all([load(app.library), load(`${app.folder}/${state.i}.js`)]);
      await Promise.all([library(), arrived(one.id)]);
    } catch {
      $("message").textContent = words.failed;
      return;
    }
    if (one.id !== state.i) return;
    $("message").textContent = "";
    const content = figures.get(state.i), number = settle(one, content), used = compared();
    write();
    listIndicators();
    listAreas();
    listChoices(one, content);
    for (const [id, text] of [["h-strip", words.strip], ["h-bars", words.bars], ["h-rank", words.rank]]) $(id).textContent = fill(text, { year: state.y });
    $("heading").textContent = `${one.name} (${one.unit})`;
    $("about").textContent = one.about;
    const home = byCode.get(state.m);
    $("kostra").textContent = home.kostra ? "" : fill(words.kostra_unknown, { area: home.name });
    const { sure, left } = ranking(one, content, number), caption = `${one.name}, ${state.y}`;
    $("rank").replaceChildren(
      tableOf(caption, [words.place, words.area, words.value], sure.map((row) => ({ heads: 1, area: row.area, cells: [row.place, row.area.name, shown(one, row)] })), (row) => row.area.code === state.m),
      element("p", left ? fill(words.not_ranked, { count: left }) : ""),
    );
    $("rank").querySelector("tr.own")?.scrollIntoView?.({ block: "nearest" });
    $("table").replaceChildren(tableOf(one.name, [words.area, ...content.years], used.map((area) => ({ heads: 0, area, cells: [area.name, ...content.years.map((year) => shown(one, cell(content, number, area, year)))] })), (row) => row.area.code === state.m));
    window.scrollTo({ top: window.scrollY });
    await Promise.all([
      draw("time", timeSpec(one, content, number, used)),
      draw("strip", sure.length ? stripSpec(one, content, number, used) : null),
      draw("bars", one.by.length ? barsSpec(one, content, used) : null),
    ]);
    document.body.dataset.ready = `${state.i} ${state.m} ${state.y}`;
  };

  $("find").oninput = listIndicators;
  $("indicator").onchange = (event) => { state.i = event.target.value; state.k = {}; state.y = 0; render(); };
  $("area").onchange = (event) => { state.m = event.target.value; render(); };
  $("add").onchange = (event) => { if (event.target.value) { state.a = [...state.a, event.target.value].slice(-MOST_OTHERS); render(); } };
  $("year").onchange = (event) => { state.y = Number(event.target.value); render(); };
  $("by").onchange = (event) => { state.d = event.target.value; render(); };
  $("choices").onsubmit = (event) => event.preventDefault();
  window.addEventListener("hashchange", () => { read(); render(); });
  read();
  render();
})();
