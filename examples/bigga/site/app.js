// Paths are this page's own: the CDN answers every path that is no file with index.html.
const pages = {
  "/": ["Bigga", "This page comes from object storage, through a CDN."],
  "/prices": ["Prices", "One virtual machine, or a cluster: the same application."],
  "/contact": ["Contact", "hello@bigga.example"],
};

function show(path) {
  const [title, text] = pages[path] ?? ["Not here", `There is no page at ${path}.`];
  const heading = document.createElement("h1");
  const paragraph = document.createElement("p");
  heading.textContent = title;
  paragraph.textContent = text;
  document.querySelector("main").replaceChildren(heading, paragraph);
  document.title = `${title} – Bigga`;
}

document.querySelector("nav").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  history.pushState(null, "", link.pathname);
  show(link.pathname);
});
addEventListener("popstate", () => show(location.pathname));
show(location.pathname);
