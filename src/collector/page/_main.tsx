/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The collector's page: `tests/tools/build_page.mjs` bundles it, with its style sheet and its HTML,
 * into `src/collector/_page_assets.ts`. It asks its own host alone, and shows whatever a record has
 * as text.
 */
import { render } from "preact";
import { Page } from "./_page.tsx";
import { PageState } from "./_page_state.ts";
import { runShortcut } from "./_shortcuts.ts";

const page = document.getElementById("page")!;
const state = new PageState(drawSoon);
let isDue = false;

/** Draws the page once before the next frame, however many changes there are. */
function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    render(<Page state={state} />, page);
  });
}

addEventListener("keydown", (event) => runShortcut(state, event));
state.start();
drawSoon();
