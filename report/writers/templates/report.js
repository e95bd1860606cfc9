// Chapters are folded on a phone and open on a wide screen and in print; an address with a figure opens the chapter it lies in.
(function () {
  "use strict";
  function open(selector) {
    document.querySelectorAll(selector).forEach(function (one) { one.open = true; });
  }
  function show() {
    var found = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    for (var box = found && found.closest("details"); box; box = box.parentElement.closest("details")) { box.open = true; }
    if (found) { found.scrollIntoView(); }
  }
  if (matchMedia("(min-width: 48rem)").matches) { open("details.chapter"); } else {
    document.querySelector("#toc details").open = false;
  }
  addEventListener("hashchange", show);
  addEventListener("beforeprint", function () { open("details"); });
  show();
})();
