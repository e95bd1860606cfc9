(function () {
  "use strict";
  // texts are set with textContent only, so a label can never become markup
  var data = JSON.parse(document.getElementById("explorer-data").textContent);
  var areaChoice = document.getElementById("explorer-area");
  var figureChoice = document.getElementById("explorer-figure");
  var result = document.getElementById("explorer-result");
  function add(parent, name, text) {
    var node = document.createElement(name);
    if (text !== undefined) { node.textContent = text; }
    parent.appendChild(node);
    return node;
  }
  function show(value, decimals) {
    if (Array.isArray(value)) { return show(value[0], decimals) + " (" + data.statuses[value[1]] + ")"; }
    if (typeof value !== "number") { return data.statuses[value] || "–"; }
    return value.toLocaleString("nb-NO", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }
  function row(body, name, values, decimals) {
    var line = add(body, "tr");
    add(line, "th", name).setAttribute("scope", "row");
    values.forEach(function (value) {
      add(line, "td", show(value, decimals)).className = "number";
    });
  }
  function draw() {
    var figure = data.figures[Number(figureChoice.value)];
    var code = areaChoice.value, county = data.areas[code][1];
    result.textContent = "";
    var scroll = add(result, "div");
    scroll.className = "scroll";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", figure.title);
    var table = add(scroll, "table");
    add(table, "caption", figure.title + " (" + figure.unit + ")" + (figure.demo ? " – " + data.demo : ""));
    var head = add(add(table, "thead"), "tr");
    add(head, "th", data.words.area).setAttribute("scope", "col");
    figure.years.forEach(function (year) {
      var cell = add(head, "th", String(year));
      cell.className = "number";
      cell.setAttribute("scope", "col");
    });
    var body = add(table, "tbody");
    [code, county, "00"].forEach(function (area) {
      var name = data.areas[area] ? data.areas[area][0] : data.others[area];
      row(body, name || area, figure.values[area] || figure.years.map(function () { return "missing"; }), figure.decimals);
    });
  }
  Object.keys(data.areas).sort(function (a, b) { return data.areas[a][0].localeCompare(data.areas[b][0], "nb"); })
    .forEach(function (code) { add(areaChoice, "option", data.areas[code][0]).value = code; });
  data.figures.forEach(function (figure, index) { add(figureChoice, "option", figure.title).value = String(index); });
  areaChoice.value = data.home;
  areaChoice.addEventListener("change", draw);
  figureChoice.addEventListener("change", draw);
  if (data.figures.length) { draw(); }
}());
