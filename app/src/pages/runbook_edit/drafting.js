// Keeps what is typed as a draft, a moment after the typing stops. Without this
// script the button "See it first" does the same.
const form = document.querySelector("form[data-drafting]");
if (form) {
  const text = form.elements.content;
  const state = form.querySelector("[data-draft-state]");
  let kept = text.value;
  // By the clock of the page, not by that of the browser.
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: form.dataset.zone });
  let timer = 0;
  let busy = false;

  const keep = async () => {
    if (busy || text.value === kept) return;
    busy = true;
    const value = text.value;
    const body = new URLSearchParams({
      do: "draft", page: form.elements.page.value, based_on: form.elements.based_on.value, content: value,
    });
    try {
      const answer = await fetch(location.pathname + location.search, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status);
      kept = value;
      state.textContent = `Draft saved ${clock.format(new Date())} ${form.dataset.city}`;
    } catch {
      state.textContent = "The draft is not saved. What you typed is still here; trying again.";
      timer = setTimeout(keep, 8000);
    }
    busy = false;
    if (text.value !== value) plan();
  };
  const plan = () => { clearTimeout(timer); timer = setTimeout(keep, 1500); };

  text.addEventListener("input", () => { state.textContent = "Not saved yet"; plan(); });
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
}
