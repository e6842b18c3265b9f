/** The configurations that README.md shows, to run what it shows. */
import { assertEquals } from "@std/assert";
import { read } from "../../meta/sources.ts";

/**
 * The block of README.md that begins with the comment `# <path>`, with each key of `changes`, which
 * it must have once, replaced.
 */
export function readmeConfig(path: string, changes: Record<string, string>): string {
  const blocks = [...read("README.md").matchAll(/^```conf\n([^]*?)^```$/gm)].map(([, text]) =>
    text
  );
  let config = blocks.find((text) => text?.startsWith(`# ${path}\n`)) ?? "";
  for (const [from, to] of Object.entries(changes)) {
    assertEquals(config.split(from).length, 2, `README.md: "${from}" in the block of ${path}`);
    config = config.replace(from, () => to);
  }
  return config;
}
