import { html } from "htm/preact";
import render from "preact-render-to-string";

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
  li { margin: 0.25rem 0 } time { color: #777; font-size: 0.8rem }`;

const Item = ({ item }) =>
  html`<li id=${`item-${item.id}`}>${item.text} <time>${item.created}</time></li>`;

const Page = ({ about, items }) => html`
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Bigga</title>
      <style dangerouslySetInnerHTML=${{ __html: style }}></style>
    </head>
    <body>
      <h1>Bigga</h1>
      <p>Rendered on the server; the API said that this is <b>${about.environment}</b>.</p>
      <form method="post" action="/">
        <input name="text" required placeholder="What is new?" /> <button>Add</button>
      </form>
      <ul>
        ${items.map((item) => html`<${Item} key=${item.id} item=${item} />`)}
      </ul>
      ${items.length === 0 && html`<p>Nothing yet.</p>`}
    </body>
  </html>
`;

/** The whole page as HTML. */
export const page = (data) => `<!doctype html>${render(html`<${Page} ...${data} />`)}`;
