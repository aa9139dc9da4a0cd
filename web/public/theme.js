// Runs before the first paint, so that the page never flashes in the wrong theme. A file of its own because the
// Content-Security-Policy allows no inline script. src/layout/theme.ts writes what is read here.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("roster.theme");
  } catch {
    // Storage is off: follow the system.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
})();
