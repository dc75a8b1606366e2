/* Shows on the page when the browser or the device gives no key. The library only writes it to the console. */
document.addEventListener("allauth.error", (event) => {
  const message = document.querySelector("[data-key-error]");
  event.preventDefault();
  message.textContent = event.detail.exception?.name === "SecurityError"
    ? message.dataset.addressError
    : message.dataset.keyMissing;
});
