/* Small improvements. Every page works without them. */
document.addEventListener("DOMContentLoaded", () => {
  // Move the focus to the error summary of a form that was not saved.
  document.querySelector("[data-focus]")?.focus();
  // Show the copy button of an address list where the browser allows copying.
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
    });
  });
});
// Close a <details> menu on Escape, and when the focus or a click moves elsewhere.
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
