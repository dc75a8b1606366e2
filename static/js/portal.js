/* Small helps; every page works without them. */
document.addEventListener("DOMContentLoaded", () => {
  // After a form was refused, the summary of what to mend takes the focus.
  document.querySelector("[data-focus]")?.focus();
  // A field of addresses can be copied with one press where the browser lets a page do so.
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = "Copied";
    });
  });
});
// A menu made of <details> closes with Escape and when the focus or a press goes elsewhere.
const closeMenus = (except) =>
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => closeMenus(event.target.closest?.("details[data-menu]")));
}
