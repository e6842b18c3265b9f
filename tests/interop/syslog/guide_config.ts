/** The configurations that the guide of `./sys-log-handler` shows, to run what it shows. */
import { assertEquals } from "@std/assert";
import { read } from "../../meta/sources.ts";

const guide = "src/handlers/sys_log_handler.ts";

/**
 * The block of the guide that begins with the comment `# <path>`, with each key of `changes`, which
 * it must have once, replaced.
 */
export function guideConfig(path: string, changes: Record<string, string>): string {
  const text = read(guide).replace(/^ \* ?/gm, "");
  const blocks = [...text.matchAll(/^```conf\n([^]*?)^```$/gm)].map(([, block]) => block);
  let config = blocks.find((block) => block?.startsWith(`# ${path}\n`)) ?? "";
  for (const [from, to] of Object.entries(changes)) {
    assertEquals(config.split(from).length, 2, `${guide}: "${from}" in the block of ${path}`);
    config = config.replace(from, () => to);
  }
  return config;
}
