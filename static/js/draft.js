/* What is typed into a long form is kept twenty seconds after a change, as its page says. The form works without this. */
document.querySelectorAll("form[data-draft]").forEach((form) => {
  const state = form.querySelector("[data-draft-state]");
  const version = form.elements.version;
  let changed = false;
  let saving = null;
  let timer = null;

  const save = async () => {
    timer = null;
    changed = false;
    const body = new FormData(form);
    body.set("act", "save");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { "X-Autosave": "1", Accept: "application/json" }, redirect: "manual",
      });
      if (answer.ok) {
        const saved = await answer.json();
        if (version && saved.version) version.value = saved.version;
        state.textContent = saved.said;
        return;
      }
      changed = true;
      state.textContent = answer.status === 409
        ? "Somebody changed this draft elsewhere. Press Save draft to compare the two."
        : "Not saved yet. Your text is still here: press the button that saves it.";
    } catch {
      state.textContent = "Not saved yet: no connection. Your text is still here.";
      changed = true;
    }
  };

  const later = () => {
    changed = true;
    timer ??= setTimeout(() => { saving = save().finally(() => { saving = null; }); }, 20000);
  };
  form.addEventListener("input", later);

  // A press while a draft is on its way waits for it, so that the two do not cross.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      await saving;
      form.requestSubmit(event.submitter);
      return;
    }
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
});
