import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { test } from "../test.ts";
import { entryPoints, exists, filesUnder, read, root, sources } from "./sources.ts";

const topLevel = [
  ...["deno.json", "mod.ts", "src", "tests", "bench", "README.md", "CHANGELOG.md", "LICENSE"],
  ...["package.json", "package-lock.json", "tsconfig.node.json"],
  ...[".ci", ".git", ".github", ".gitattributes", ".gitignore", "node_modules", "dist"],
];

/**
 * Files with behaviour that no test file of their own mirrors, by the tests that go through them:
 * parts of one idea, which only its owner uses.
 */
const testedThrough: Record<string, string[]> = {
  "tests/testing/memory_test.ts": [
    "src/testing/_memory_datagrams.ts",
    "src/testing/_memory_pipe.ts",
    "src/testing/_memory_stream.ts",
  ],
  "tests/conformance": [
    "src/adapters/auto.ts",
    "src/adapters/bun/dial.ts",
    "src/adapters/bun/listener.ts",
    "src/adapters/bun/_runtime.ts",
    "src/adapters/bun/_stream.ts",
    "src/adapters/common/checked_connector.ts",
    "src/adapters/common/event_loop_turn.ts",
    "src/adapters/common/host_name.ts",
    "src/adapters/common/resolve_host.ts",
    "src/adapters/deno/_unconnected_unixgram.ts",
    "src/adapters/deno/datagram.ts",
    "src/adapters/deno/dial.ts",
    "src/adapters/deno/listener.ts",
    "src/adapters/deno/runtime.ts",
    "src/adapters/node/_kept_handshakes.ts",
    "src/adapters/node/datagram.ts",
    "src/adapters/node/dial.ts",
    "src/adapters/node/listener.ts",
    "src/adapters/node/_stream.ts",
    "src/net/socket_datagrams.ts",
    "src/adapters/common/_tls_options.ts",
  ],
  "tests/interop/deno_permission_test.ts": [
    "src/files/deno_permission.ts",
    "src/net/address_permission.ts",
    "src/net/deno_permission.ts",
  ],
  "tests/interop/late_exit_test.ts": ["src/adapters/node/_exit_write.ts"],
  "tests/interop/edge_test.ts": [
    "src/adapters/cloudflare/address.ts",
    "src/adapters/cloudflare/plain_errors.ts",
    "src/adapters/cloudflare/stream.ts",
  ],
  "tests/config/dict_config_test.ts": [
    "src/config/_section.ts",
    "src/config/_path_error.ts",
    "src/config/_object_builder.ts",
    "src/config/_dictionary_reader.ts",
    "src/config/_entry_values.ts",
    "src/config/handler_classes.ts",
    "src/config/_dictionary_config.ts",
    "src/config/_plan.ts",
  ],
  "tests/config/file_config_test.ts": [
    "src/config/_ini_config.ts",
    "src/config/_positional_arguments.ts",
  ],
  "tests/config/config_listener_test.ts": [
    "src/config/_config_listener_options.ts",
    "src/config/_config_frame.ts",
  ],
  "tests/interop/ini_test.ts": [
    "src/config/_ini_error.ts",
    "src/config/_ini_file.ts",
    "src/config/_ini_parser.ts",
    "src/config/_white_space.ts",
  ],
  "tests/interop/pino_worker_test.ts": [
    "src/integrations/_direct_output.ts",
    "src/integrations/_pino_worker.ts",
  ],
  "tests/integrations/pino_test.ts": [
    "src/integrations/_pino_error.ts",
    "src/integrations/_pino_levels.ts",
    "src/integrations/_pino_reader.ts",
    "src/integrations/_pino_time.ts",
  ],
  "tests/collector/page_test.ts": [
    "src/collector/page/_collector_api.ts",
    "src/collector/page/_empty_list.tsx",
    "src/collector/page/_filter_chips.tsx",
    "src/collector/page/_filter_side.tsx",
    "src/collector/page/_help_dialog.tsx",
    "src/collector/page/_main.tsx",
    "src/collector/page/_modal.tsx",
    "src/collector/page/_page.tsx",
    "src/collector/page/_page_state.ts",
    "src/collector/page/_record_detail.tsx",
    "src/collector/page/_record_feed.ts",
    "src/collector/page/_record_list.tsx",
    "src/collector/page/_record_row.tsx",
    "src/collector/page/_shortcuts.ts",
    "src/collector/page/_status.tsx",
    "src/collector/page/_text.tsx",
    "src/collector/page/_timeline.tsx",
    "src/collector/page/_timeline_feed.ts",
    "src/collector/page/_toolbar.tsx",
  ],
  "tests/context/with_context_test.ts": ["src/logging/context_reader.ts"],
  "tests/wire/length_prefix_framing_test.ts": [
    "src/wire/chunk_queue.ts",
    "src/wire/framing.ts",
    "src/wire/length_prefix.ts",
    "src/wire/_line_framing.ts",
  ],
  "tests/wire/pickle/known_values_test.ts": [
    "src/wire/pickle/_address_values.ts",
    "src/wire/pickle/_builtin_values.ts",
    "src/wire/pickle/_collection_values.ts",
    "src/wire/pickle/_datetime_format.ts",
    "src/wire/pickle/_datetime_values.ts",
    "src/wire/pickle/_enum_values.ts",
    "src/wire/pickle/_number_values.ts",
    "src/wire/pickle/_numpy_values.ts",
    "src/wire/pickle/_path_values.ts",
    "src/wire/pickle/_python_value.ts",
    "src/wire/pickle/_time_zone_values.ts",
    "src/wire/pickle/_timedelta_values.ts",
  ],
  "tests/files/spool/file_spool_test.ts": [
    "src/files/spool/_make_spool.ts",
    "src/files/spool/_spool_path.ts",
    "src/files/spool/_spool_tools.ts",
  ],
  "tests/files/spool/spool_damage_test.ts": [
    "src/files/spool/_segment_format.ts",
    "src/files/spool/_segment_reader.ts",
  ],
  "tests/files/spool/spooled_queue_test.ts": [
    "src/files/spool/_process_folders.ts",
    "src/files/spool/_record_group.ts",
    "src/files/spool/_spare_file.ts",
    "src/files/spool/_spool_calls.ts",
    "src/files/spool/_spool_folder.ts",
    "src/files/spool/_spool_store.ts",
  ],
  "tests/integrations/logtape_test.ts": ["src/integrations/_value_inspector.ts"],
  "tests/wire/pickle_serializer_test.ts": ["src/wire/record_pickler.ts"],
  "tests/wire/json_test.ts": ["src/wire/record_json.ts"],
  "tests/encodings/code_pages_test.ts": [
    "src/encodings/_code_page_charset.ts",
    "src/encodings/_code_page_names.ts",
  ],
  "tests/files/file_handler_test.ts": ["src/files/file_options.ts"],
  "tests/interop/dict_config_test.ts": ["src/files/file_handler_classes.ts"],
  "tests/interop/file_exit_test.ts": ["src/files/exit_writer.ts"],
  "tests/integrations/console_test.ts": ["src/integrations/_console_calls.ts"],
  "tests/integrations/console_text_test.ts": [
    "src/integrations/_node_util.ts",
    "src/integrations/_unreadable.ts",
  ],
  "tests/integrations/winston_test.ts": ["src/integrations/_winston_record.ts"],
  "tests/logging/formatter_test.ts": [
    "src/logging/format_style.ts",
    "src/text/key_error.ts",
    "src/logging/_record_text.ts",
  ],
  "tests/logging/formatter_styles_test.ts": [
    "src/logging/percent_style.ts",
    "src/logging/str_format_style.ts",
    "src/logging/string_template_style.ts",
  ],
  "tests/logging/last_resort_test.ts": ["src/logging/_stderr_handler.ts"],
  "tests/logging/log_record_test.ts": [
    "src/logging/process_id.ts",
    "src/logging/record_flags.ts",
  ],
  "tests/logging/logger_test.ts": ["src/logging/_level_epoch.ts", "src/logging/_log_call.ts"],
  "tests/logging/make_log_record_test.ts": ["src/logging/_record_field.ts"],
  "tests/logging/manager_test.ts": [
    "src/logging/logger_class.ts",
    "src/logging/place_holder.ts",
    "src/logging/_root_logger.ts",
  ],
  "tests/text/percent_format_test.ts": [
    "src/text/code_points.ts",
    "src/text/_float_format.ts",
    "src/text/is_mapping.ts",
    "src/text/_percent_conversion.ts",
    "src/text/type_name.ts",
  ],
  "tests/text/python_repr_test.ts": [
    "src/text/python_float.ts",
    "src/text/special_method.ts",
  ],
  "tests/logging/report_error_test.ts": [
    "src/text/fallback.ts",
    "src/logging/raise_exceptions.ts",
  ],
  "tests/text/str_format_test.ts": [
    "src/text/_format_spec.ts",
    "src/text/_format_value.ts",
  ],
  "tests/queue/port_queue_test.ts": [
    "src/queue/message_port.ts",
    "src/queue/_port_codec.ts",
    "src/queue/port_receiver.ts",
  ],
  "tests/wire/pickle_encoder_test.ts": [
    "src/wire/plain_record.ts",
    "src/wire/record_message.ts",
  ],
  "tests/handlers/socket_handler_test.ts": [
    "src/delivery/_account.ts",
    "src/delivery/_attempt.ts",
    "src/delivery/_delivery.ts",
    "src/delivery/batch_writer.ts",
    "src/delivery/delivery_options.ts",
    "src/delivery/hold_open.ts",
  ],
  "tests/handlers/http_handler_test.ts": [
    "src/handlers/_http_options.ts",
    "src/handlers/_record_bodies.ts",
    "src/handlers/_text_encoder.ts",
  ],
  "tests/handlers/sys_log_handler_test.ts": [
    "src/delivery/framed_stream_writer.ts",
    "src/handlers/syslog_constants.ts",
    "src/handlers/_syslog_messages.ts",
    "src/handlers/syslog_options.ts",
  ],
  "tests/windows/windows_functions_test.ts": [
    "src/windows/_bun_functions.ts",
    "src/windows/_deno_functions.ts",
    "src/windows/_koffi_functions.ts",
    "src/windows/_system_functions.ts",
  ],
  "tests/mail/smtp_handler_test.ts": [
    "src/mail/_mail_writer.ts",
    "src/mail/_recipient_refusals.ts",
    "src/mail/_smtp_options.ts",
  ],
  "tests/collector/cli_test.ts": ["src/collector/_receive_command.ts"],
  "tests/collector/collector_test.ts": [
    "src/collector/_collector_metrics.ts",
    "src/collector/_listeners.ts",
  ],
  "tests/receivers/http_receiver_test.ts": ["src/receivers/_http_body_reader.ts"],
  "tests/receivers/forward_receiver_test.ts": [
    "src/wire/forward/_message_reader.ts",
    "src/wire/forward/_received_message.ts",
    "src/wire/forward/forward_server.ts",
    "src/wire/forward/received_event.ts",
  ],
  "tests/queue/jetstream_queue_test.ts": [
    "src/queue/_jetstream_sender.ts",
    "src/queue/_jetstream_writer.ts",
  ],
  "tests/queue/jetstream_listener_test.ts": ["src/queue/_framed_records.ts"],
  "tests/delivery/forward_writer_test.ts": [
    "src/delivery/chunk_ids.ts",
    "src/handlers/forward_handler.ts",
    "src/wire/forward/forward_client.ts",
    "src/wire/forward/forward_message.ts",
  ],
  "tests/wire/forward/forward_entry_test.ts": ["src/wire/forward/_msgpack.ts"],
  "tests/receivers/datagram_receiver_test.ts": ["src/receivers/datagram_server.ts"],
  "tests/receivers/socket_receiver_test.ts": [
    "src/receivers/receiver_fault.ts",
    "src/receivers/record_receiver.ts",
    "src/receivers/_served_connection.ts",
  ],
};

/** The entry points whose example no test can run: why. */
const exampleNotRun: Record<string, string> = {
  "./cloudflare": "cloudflare:sockets is in workers alone; the README's worker runs in workerd",
};

test("the top level holds only the listed files and folders", () => {
  assertEquals(readdirSync(root).filter((name) => !topLevel.includes(name)), []);
});

test("nothing names a path outside the project", () => {
  const text = [".ts", ".mjs", ".md", ".json"].flatMap((suffix) =>
    ["src", "tests", "bench", ".github"].flatMap((folder) => filesUnder(folder, suffix))
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
  assert(
    read("README.md").includes(`\`\`\`js ignore\n${read("tests/examples/edge_worker.js")}\`\`\``),
  );
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

/** The test file of `file`: a leading `_` says who may import it, and so does not stand there. */
function mirrorOf(file: string): string {
  return file.replace(/^src\//, "tests/").replace(/\/_([^/]+)$/, "/$1").replace(
    /\.tsx?$/,
    "_test.ts",
  );
}

function hasBehaviour(file: string): boolean {
  return /^(export\s+)?(default\s+)?(abstract\s+)?(async\s+)?(function|class)\b/m.test(read(file));
}

/** The code blocks that `deno test --doc` runs, in doc comments and in Markdown. */
function runnableExamples(text: string): string[] {
  const blocks = text.matchAll(/^[ *]*```(?:ts|typescript)[ \t]*\n([\s\S]*?)^[ *]*```/gm);
  return [...blocks].map(([, code]) => code!);
}
