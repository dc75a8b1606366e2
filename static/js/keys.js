/* Says on the page when the browser or the device gives no key; the library would only say it to the console. */
document.addEventListener("allauth.error", (event) => {
  const said = document.querySelector("[data-key-error]");
  event.preventDefault();
  said.textContent = event.detail.exception?.name === "SecurityError"
    ? "Keys do not work at this address. They need its name, over HTTPS."
    : "No key was given. Try again, or go another way.";
});
