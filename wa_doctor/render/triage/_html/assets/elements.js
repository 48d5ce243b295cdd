// Elements are built and never parsed from text, so that what a log holds stays text. The policy of the page
// forbids the other way altogether (require-trusted-types-for).

const SVG = "http://www.w3.org/2000/svg";

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

function el(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, name), attributes, children);
}

function unseen(text) {
  return el("span", { class: "unseen" }, text);
}

// A value that the program wrote for the scripts.
function recorded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
