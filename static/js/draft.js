/* Saves the draft of a long form 20 seconds after a change. The form works without this. */
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
      const response = await fetch(form.action, {
        method: "POST", body, headers: { "X-Autosave": "1", Accept: "application/json" }, redirect: "manual",
      });
      if (response.ok) {
        const saved = await response.json();
        if (version && saved.version) version.value = saved.version;
        state.textContent = saved.message;
        return;
      }
      changed = true;
      state.textContent = response.status === 409 ? state.dataset.conflict : state.dataset.notSaved;
    } catch {
      state.textContent = state.dataset.offline;
      changed = true;
    }
  };

  const scheduleSave = () => {
    changed = true;
    timer ??= setTimeout(() => { saving = save().finally(() => { saving = null; }); }, 20000);
  };
  form.addEventListener("input", scheduleSave);

  // Submitting waits for a draft that is being saved, so that the two requests do not overlap.
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
