/** Text of a record as an element: text nodes only, its writing direction kept inside. */
import type { VNode } from "preact";
import { visibleParts } from "./_visible_text.ts";

/** Properties of {@linkcode Text}. */
export interface TextProps {
  text: string;
  /** True to keep line feeds and tabs. */
  lines?: boolean;
  /** The most characters that are shown. */
  most?: number;
}

/** Shows a text that was received. */
export function Text({ text, lines = false, most = Infinity }: TextProps): VNode {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return (
    <bdi>
      {visibleParts(shown, lines).map(({ text, mark }, place) =>
        mark === undefined ? text : <span key={place} class="mark" title={mark}>{text}</span>
      )}
    </bdi>
  );
}
