import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { test } from "../test.ts";
import { entryPoints, exists, filesUnder, read, root, sources } from "./sources.ts";

const topLevel = [
  ...["deno.json", "mod.ts", "src", "tests", "bench", "README.md", "CHANGELOG.md", "LICENSE"],
  ...["package.json", "package-lock.json", "tsconfig.node.json"],
  ...[".ci", ".git", ".gitattributes", ".gitignore", "node_modules"],
];

/**
 * Files with behaviour that no test file of their own mirrors, by the tests that go through them:
 * parts of one idea, which only its owner uses.
 */
const testedThrough: Record<string, string[]> = {
  "tests/adapters/memory_test.ts": [
    "src/adapters/memory_datagrams.ts",
    "src/adapters/memory_pipe.ts",
    "src/adapters/memory_stream.ts",
  ],
  "tests/conformance": [
    "src/adapters/auto.ts",
    "src/adapters/bun.ts",
    "src/adapters/bun_runtime.ts",
    "src/adapters/checked_connector.ts",
    "src/adapters/deno_datagram.ts",
    "src/adapters/deno_runtime.ts",
    "src/adapters/event_loop_turn.ts",
    "src/adapters/host_name.ts",
    "src/adapters/node.ts",
    "src/adapters/node_datagram.ts",
    "src/adapters/resolve_host.ts",
    "src/adapters/socket_datagrams.ts",
    "src/adapters/tls_options.ts",
  ],
  "tests/config/dict_config_test.ts": [
    "src/config/config_entries.ts",
    "src/config/config_error.ts",
    "src/config/config_objects.ts",
    "src/config/config_tree.ts",
    "src/config/config_values.ts",
    "src/config/handler_classes.ts",
  ],
  "tests/context/with_context_test.ts": ["src/logging/context.ts"],
  "tests/core/framer_test.ts": [
    "src/core/chunk_queue.ts",
    "src/core/framing.ts",
    "src/core/lines.ts",
  ],
  "tests/core/pickle/known_values_test.ts": [
    "src/core/pickle/address_values.ts",
    "src/core/pickle/builtin_values.ts",
    "src/core/pickle/collection_values.ts",
    "src/core/pickle/datetime_format.ts",
    "src/core/pickle/datetime_values.ts",
    "src/core/pickle/enum_values.ts",
    "src/core/pickle/number_values.ts",
    "src/core/pickle/numpy_values.ts",
    "src/core/pickle/path_values.ts",
    "src/core/pickle/python_value.ts",
    "src/core/pickle/time_zone_values.ts",
    "src/core/pickle/timedelta_values.ts",
  ],
  "tests/core/pickle_serializer_test.ts": ["src/core/record_pickler.ts"],
  "tests/logging/basic_config_test.ts": ["src/logging/close_in_background.ts"],
  "tests/files/file_handler_test.ts": ["src/files/file_options.ts"],
  "tests/interop/dict_config_test.ts": ["src/files/file_handler_classes.ts"],
  "tests/interop/file_exit_test.ts": ["src/files/at_exit.ts"],
  "tests/logging/formatter_test.ts": [
    "src/logging/format_style.ts",
    "src/logging/key_error.ts",
    "src/logging/percent_style.ts",
    "src/logging/record_text.ts",
    "src/logging/str_format_style.ts",
    "src/logging/string_template_style.ts",
  ],
  "tests/logging/last_resort_test.ts": ["src/logging/stderr_handler.ts"],
  "tests/logging/log_record_test.ts": [
    "src/logging/process_info.ts",
    "src/logging/record_switches.ts",
  ],
  "tests/logging/logger_test.ts": ["src/logging/level_epoch.ts", "src/logging/log_call.ts"],
  "tests/logging/make_log_record_test.ts": ["src/logging/record_field.ts"],
  "tests/logging/manager_test.ts": [
    "src/logging/logger_class.ts",
    "src/logging/place_holder.ts",
    "src/logging/root_logger.ts",
  ],
  "tests/logging/percent_format_test.ts": [
    "src/logging/code_points.ts",
    "src/logging/float_format.ts",
    "src/logging/is_mapping.ts",
    "src/logging/percent_conversion.ts",
    "src/logging/type_name.ts",
  ],
  "tests/logging/python_repr_test.ts": [
    "src/logging/python_float.ts",
    "src/logging/python_protocol.ts",
  ],
  "tests/logging/report_error_test.ts": [
    "src/logging/attempt.ts",
    "src/logging/raise_exceptions.ts",
  ],
  "tests/logging/str_format_test.ts": [
    "src/logging/format_spec.ts",
    "src/logging/format_value.ts",
  ],
  "tests/handlers/port_queue_test.ts": [
    "src/handlers/message_port.ts",
    "src/handlers/port_frames.ts",
    "src/handlers/port_receiver.ts",
  ],
  "tests/handlers/socket_handler_test.ts": [
    "src/handlers/delivery.ts",
    "src/handlers/delivery_counters.ts",
    "src/handlers/delivery_news.ts",
    "src/handlers/delivery_handler.ts",
    "src/handlers/delivery_options.ts",
    "src/handlers/hold_open.ts",
    "src/handlers/link_delivery.ts",
    "src/handlers/outlet.ts",
    "src/handlers/record_delivery_handler.ts",
    "src/handlers/socket_delivery_handler.ts",
  ],
  "tests/handlers/http_handler_test.ts": [
    "src/handlers/bounded.ts",
    "src/handlers/gathering.ts",
    "src/handlers/http_options.ts",
  ],
  "tests/handlers/datagram_handler_test.ts": ["src/handlers/datagram_outlet.ts"],
  "tests/handlers/sys_log_handler_test.ts": [
    "src/handlers/framed_stream_outlet.ts",
    "src/handlers/sys_log_codes.ts",
    "src/handlers/sys_log_messages.ts",
    "src/handlers/sys_log_options.ts",
  ],
  "tests/mail/smtp_handler_test.ts": ["src/mail/mail_outlet.ts", "src/mail/smtp_options.ts"],
  "tests/receiver/datagram_receiver_test.ts": ["src/receiver/datagram_server.ts"],
  "tests/receiver/socket_receiver_test.ts": [
    "src/receiver/intake.ts",
    "src/receiver/record_receiver.ts",
    "src/receiver/served_connection.ts",
  ],
};

/** The entry points whose example no test can run: why. */
const exampleNotRun: Record<string, string> = {
  "./cloudflare": "cloudflare:sockets is in workers alone; the README's worker runs in workerd",
};

test("the top level holds nothing but what belongs there", () => {
  assertEquals(readdirSync(root).filter((name) => !topLevel.includes(name)), []);
});

test("nothing names a path outside the project", () => {
  const text = [".ts", ".mjs", ".md", ".json"].flatMap((suffix) =>
    ["src", "tests", "bench"].flatMap((folder) => filesUnder(folder, suffix))
  );
  const outside = new RegExp(["/work/", "\\.library/", "\\.\\./shared/"].join("|"));
  const top = ["mod.ts", "README.md", "CHANGELOG.md", "deno.json", "package.json", ".ci/run"];
  const all = [...text, ...top.filter(exists)].filter((file) =>
    file !== "tests/meta/layout_test.ts"
  );
  assertEquals(all.filter((file) => outside.test(read(file))), []);
});

test("every source file with behaviour has a test file that mirrors it", () => {
  const missing = sources
    .filter((file) => file !== "mod.ts" && hasBehaviour(file) && !exists(mirrorOf(file)))
    .filter((file) => !Object.values(testedThrough).flat().includes(file));
  assertEquals(missing, []);
});

test("every listed exception of the mirror is needed", () => {
  const listed = Object.values(testedThrough).flat();
  assertEquals(listed.filter((file) => !sources.includes(file) || exists(mirrorOf(file))), []);
  assertEquals(Object.keys(testedThrough).filter((tests) => !exists(tests)), []);
});

test("every entry point has an example that is run", () => {
  const examples = [...sources, ...["README.md"].filter(exists)].flatMap((file) =>
    runnableExamples(read(file))
  );
  const without = Object.keys(entryPoints).filter((entry) =>
    !(entry in exampleNotRun) &&
    !examples.some((code) => code.includes(`"jsr:@logwire/logging${entry.slice(1)}"`))
  );
  assertEquals(without, []);
});

test("the worker of the README is the one that the demo runs", () => {
  assert(read("README.md").includes(`\`\`\`js ignore\n${read("tests/demo/edge_worker.js")}\`\`\``));
});

test("every example imports entry points that exist", () => {
  const unknown = [...sources, ...["README.md"].filter(exists)].flatMap((file) =>
    [...read(file).matchAll(/"jsr:@logwire\/logging(\/[^"]+)?"/g)]
      .filter(([, subPath = ""]) => !(`.${subPath}` in entryPoints))
      .map(([specifier]) => `${file}: ${specifier}`)
  );
  assertEquals(unknown, []);
});

test("every entry point in deno.json is a file", () => {
  assertEquals(Object.values(entryPoints).filter((file) => !sources.includes(file)), []);
});

function mirrorOf(file: string): string {
  return file.replace(/^src\//, "tests/").replace(/\.ts$/, "_test.ts");
}

function hasBehaviour(file: string): boolean {
  return /^(export\s+)?(default\s+)?(abstract\s+)?(async\s+)?(function|class)\b/m.test(read(file));
}

/** The code blocks that `deno test --doc` runs, in doc comments and in Markdown. */
function runnableExamples(text: string): string[] {
  const blocks = text.matchAll(/^[ *]*```(?:ts|typescript)[ \t]*\n([\s\S]*?)^[ *]*```/gm);
  return [...blocks].map(([, code]) => code!);
}
