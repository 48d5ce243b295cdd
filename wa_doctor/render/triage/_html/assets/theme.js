// As the system, light, dark: nothing is stored, because a page from file:// shares its storage with all others.

const THEMES = [
  ["", "as the system"],
  ["light", "light"],
  ["dark", "dark"],
];

function offerThemes(button) {
  let at = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    at = (at + 1) % THEMES.length;
    const [name, word] = THEMES[at];
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
    button.textContent = `Theme: ${word}`;
  });
}
