/**
 * The scenarios. A scenario has a `group`, by which `--only` picks it, a `title`, the
 * subjects it is run with, in turn, and how one run is made.
 */
import { join } from "node:path";
import { measureHttp } from "../net/http_measure.mjs";
import { KINDS } from "../net/record.mjs";
import { measure } from "./measure.mjs";
import { compute, receive } from "./measure_alone.mjs";

const RUNTIMES = ["node", "deno", "bun"];

/** A subject: `family` is by what ratios and `--against` find it. */
function subject(family, runtime, file, record = {}) {
  const on = runtime === "python" ? "" : `, ${runtime}`;
  return { family, runtime, name: `${family}${on}`, file, record };
}

function onEach(family, file, record) {
  return RUNTIMES.map((runtime) => subject(family, runtime, file, record));
}

const codec = [
  ...onEach("logwire", "core/codec.ts"),
  subject("cpython", "python", "peers/codec.py"),
];
const receivers = [
  ...onEach("logwire", "net/receiver.ts"),
  subject("cpython", "python", "peers/receiver.py"),
];
const collectors = [
  ...onEach("logwire", "net/collector.ts"),
  subject("cpython", "python", "peers/collector.py"),
];
/** The records that programs log, and their titles; peers/codec.py makes them. */
const LOGGED = {
  args: "args",
  text: "a text that changes",
  extra: "4 of extra",
  error: "an error",
};
/** The file of the frames of such records. */
function logged({ logged }, which) {
  if (logged === undefined) throw new Error("needs python3, which makes the frames");
  return join(logged, which);
}
const ours = onEach("logwire", "net/logwire.ts");
const gathering = onEach("logwire", "net/logwire.ts", { batchMs: 2 })
  .map((subject) => ({ ...subject, name: subject.name.replace(",", " with batchMs 2,") }));
/** Deno's own sockets, and Node's on Deno. */
const onDeno = [
  subject("logwire", "deno", "net/logwire.ts"),
  { ...subject("logwire", "deno", "net/logwire_over_node.ts"), name: "over ./node, deno" },
];
const cpython = subject("cpython", "python", "peers/socket_handler.py");
const pino = subject("pino", "node", "peers/pino.mjs", { format: "json" });
/** They are slow and far from the others: a few rounds place them well enough. */
const others = [
  ...onEach("logtape", "peers/logtape.mjs", { format: "logtape" }),
  subject("winston", "node", "peers/winston.mjs", { format: "json" }),
  subject("log4js", "node", "peers/log4js.mjs", {
    format: "log4js",
    delimiter: "__LOG4JS__",
  }),
].map((subject) => ({ ...subject, rounds: 3 }));
const fixed = { isFixed: true };
const raw = onEach("raw", "controls/raw_tcp.ts", fixed);
const rawSends = onEach("raw", "controls/raw_udp.ts", fixed);
const rawFrames = onEach("raw, each alone", "controls/raw_frames.ts", fixed);

/** The name of each kind of record in a title. */
const KIND_TITLES = {
  args: "args",
  extra: "args and 4 of extra",
  text: "a text that changes",
  error: "an error",
  const: "the constant text",
};

/** The share of the records of a long run that a slow peer logs: it is as steady after fewer. */
function shareOf({ family }, kind) {
  const isSlow = !["logwire", "raw", "pino"].includes(family);
  return (isSlow ? 1 / 8 : 1) * (kind === "error" ? 1 / 4 : 1);
}

/** CPython takes a sixth of a millisecond to format a traceback, and does it for each record. */
function shareOfTracebacks({ family }, kind) {
  return family === "cpython" && kind === "error" ? 1 / 10 : 1;
}

/** Of records with an error no more fit in the 64 MiB of a queue, which a burst on Deno fills. */
const MOST_ERRORS = 50_000;

/** A spool in each mode; in the place of a control, so that the ratio to it is printed, none. */
const spooled = RUNTIMES.flatMap((runtime) => [
  { ...subject("raw", runtime, "net/logwire_spooled.ts"), name: `without a spool, ${runtime}` },
  ...["os", "interval", "always"].map((durability) => ({
    ...subject("logwire", runtime, "net/logwire_spooled.ts", { durability }),
    name: `with a spool, "${durability}", ${runtime}`,
  })),
]);

/** A sync a turn may take ten milliseconds. */
function shareOfSyncs({ record }) {
  return record.durability === "always" ? 1 / 10 : 1;
}

const overHttp = [
  ...onEach("logwire", "net/http_logwire.ts"),
  ...onEach("raw", "controls/http_fetch.ts"),
];
const gatheringHttp = onEach("logwire", "net/http_logwire.ts", { batchMs: 20 })
  .map((subject) => ({ ...subject, name: subject.name.replace(",", " with batchMs 20,") }));
const syslogAndPickle = RUNTIMES.flatMap((runtime) => [
  subject("logwire", runtime, "core/syslog.ts", { what: "rfc5424" }),
  // In the place of a control, so that the ratio to it is printed.
  {
    ...subject("raw", runtime, "core/syslog.ts", { what: "pickle" }),
    name: `a pickle, ${runtime}`,
  },
]);

/** The scenarios, in the order of the table. `quick` is for a run of two minutes. */
export function scenarios({ quick, records, warmup, kinds }) {
  const limitMs = quick ? 15_000 : 120_000;
  const given = { limitMs, warmup: warmup ?? (quick ? 20_000 : 50_000) };
  const tcp = (group, title, subjects, { share = shareOfTracebacks, ...options }) => ({
    ...{ group, title, subjects, kind: options.kind },
    run: (setting, commands, subject) => {
      const { kind } = options;
      const records = Math.ceil(options.records * share(subject, kind));
      const all = { ...given, ...subject.record, ...options, records };
      all.warmup = Math.ceil(all.warmup * shareOfTracebacks(subject, kind));
      return measure(setting, commands.drive(subject.runtime, subject.file), all);
    },
  });
  /** A scenario for each kind of record, of those that were asked for or that are usual. */
  const byKind = (group, title, usual, subjects, options) =>
    KINDS.filter((kind) => (kinds ?? usual).includes(kind)).map((kind) =>
      tcp(group, `${title}: ${KIND_TITLES[kind]}`, subjects(kind), { ...options, kind })
    );
  /** The peers of a burst, and the controls: in full for the kinds that the tables lead with. */
  const besides = (kind) => {
    const isMain = ["args", "extra", "const"].includes(kind);
    const slow = quick
      ? []
      : others.filter(({ name }) => isMain || !/logtape, (deno|bun)/.test(name));
    return [...isMain ? raw : [], cpython, pino, ...slow];
  };
  const count = (usual) => records ?? usual;
  const thousands = (number) => number.toLocaleString("en");
  const burst = count(100_000);
  const few = count(20_000);
  // At 64 a turn the warm-up of an engine is a third of the time that 100,000 records take.
  const steady = count(500_000);
  return [
    ...[
      ...KINDS.map((kind) => ["emit", kind, `emit: ${KIND_TITLES[kind]}`]),
      ...quick ? [] : [["makePickle", "args", "makePickle(): args"]],
    ].map(([what, which, title]) => ({
      group: "encode",
      title,
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, what, which)),
    })),
    {
      group: "decode",
      title: "decode a record",
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "decode", setting.received)),
    },
    ...Object.entries(LOGGED).map(([which, title]) => ({
      group: "decode",
      title: `decode ${title}`,
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "decode", logged(setting, which))),
    })),
    {
      group: "disabled",
      title: "debug() that is off",
      subjects: codec,
      run: (setting, commands, { runtime, file }) =>
        compute(setting, commands.run(runtime, file, "disabled")),
    },
    ...KINDS.flatMap((kind) => {
      const records = kind === "error" ? Math.min(burst, MOST_ERRORS) : burst;
      const usual = quick && ["text", "error"].includes(kind) ? [] : [kind];
      const title = `burst of ${thousands(records)}`;
      return byKind("burst", title, usual, (kind) => [...ours, ...besides(kind)], { records })
        .filter((scenario) => scenario.kind === kind);
    }),
    ...byKind(
      "turns",
      "64 a turn",
      quick ? ["args", "extra"] : KINDS,
      (kind) => [...ours, ...besides(kind)],
      { records: steady, perTurn: 64, share: shareOf },
    ),
    ...quick ? [] : byKind(
      "eights",
      "8 a turn",
      ["args", "extra", "const"],
      () => [...ours, cpython, pino],
      { records: burst, perTurn: 8 },
    ),
    ...byKind(
      "single",
      "1 a turn",
      quick ? ["args"] : ["args", "extra", "const"],
      () => [...ours, ...gathering, ...quick ? [] : raw, cpython, pino],
      { records: few, perTurn: 1 },
    ),
    ...quick ? [] : [tcp("writes", "one write a frame", rawFrames, {
      kind: "args",
      records: burst,
    })],
    ...byKind(
      "latency",
      "latency, connected",
      quick ? ["args"] : ["args", "const"],
      (kind) => [...ours, cpython, pino, ...quick || kind === "const" ? [] : others],
      { records: burst, latency: true },
    ),
    ...byKind("latency", "latency, server absent", ["args"], () => [...ours, cpython, pino], {
      ...{ records: burst, latency: true, server: "absent" },
    }),
    ...byKind("latency", "latency, server stalled", ["args"], () => [...ours, pino], {
      ...{ records: burst, latency: true, server: "stall" },
    }),
    ...byKind(
      "datagrams",
      "datagrams, 64 a turn",
      ["args"],
      () => [...ours, ...rawSends, cpython],
      {
        ...{ records: burst, perTurn: 64, warmup: 10_000, protocol: "udp" },
      },
    ),
    tcp("exit", `exit after ${thousands(few)}`, [
      ...ours,
      cpython,
      pino,
      ...quick ? [] : others,
    ], {
      kind: "args",
      records: few,
      exit: true,
    }),
    tcp("exit", `exit after ${thousands(few)}, server reads 0.5 s late`, [
      ...ours,
      cpython,
      pino,
      ...quick ? [] : others,
    ], {
      kind: "args",
      records: few,
      exit: true,
      lateMs: 500,
    }),
    ...(quick ? [] : [
      ["burst", { records: burst }],
      ["64 a turn", { records: steady, perTurn: 64 }],
      ["8 a turn", { records: burst, perTurn: 8 }],
      ["1 a turn", { records: few, perTurn: 1 }],
      ["exit", { records: few, exit: true }],
    ]).map(([pace, options]) =>
      tcp("sockets", `sockets on Deno, ${pace}`, [...onDeno, cpython], {
        ...options,
        kind: "args",
        share: shareOf,
      })
    ),
    {
      group: "receiver",
      title: "receiver",
      subjects: receivers,
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 1, ...given },
          records: count(quick ? 200_000 : 1_000_000),
        }),
    },
    ...Object.entries(quick ? { args: LOGGED.args } : LOGGED).map(([which, title]) => ({
      group: "receiver",
      title: `receiver, ${title}`,
      subjects: receivers,
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 1, ...given, frames: logged(setting, which) },
          records: count(quick ? 100_000 : 400_000),
        }),
    })),
    {
      group: "receiver",
      title: "receiver, 500 senders",
      // CPython's takes a thread a connection, and half a minute.
      subjects: receivers.slice(0, quick ? 3 : 4),
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 500, ...given },
          records: quick ? 200_000 : 1_000_000,
        }),
    },
    {
      group: "collector",
      title: "collector, to a file",
      subjects: collectors,
      run: (setting, commands, { runtime, file }) =>
        receive(setting, commands, {
          ...{ runtime, file, connections: 1, ...given, frames: logged(setting, "args") },
          records: count(quick ? 100_000 : 1_000_000),
        }),
    },
    tcp("memory", "burst of 1,000,000", ours, { kind: "args", records: 1_000_000 }),
    ...quick ? [] : byKind("spool", "64 a turn, spooled", ["args"], () => spooled, {
      ...{ records: steady, perTurn: 64, share: shareOfSyncs },
    }),
    ...(quick ? [1000, 100_000] : [1000, 10_000, 100_000, 10_000_000])
      .map((records) =>
        tcp("scale", `${thousands(records)}, 64 a turn`, ours, {
          kind: "args",
          records,
          perTurn: 64,
        })
      ),
    ...(quick ? [1, 5000] : [1, 100, 1000, 5000]).map((loggers) =>
      tcp("loggers", `${thousands(loggers)} logger${loggers === 1 ? "" : "s"}`, ours, {
        kind: "args",
        records: steady,
        perTurn: 64,
        // Each logger has logged before the measurement.
        warmup: Math.max(given.warmup, 4 * loggers),
        loggers,
      })
    ),
    ...[["burst", 0], ["64 a turn", 64]].map(([pace, perTurn]) => ({
      group: "http",
      title: `newline-delimited JSON over HTTP, ${pace}`,
      subjects: perTurn === 0 ? overHttp : [...overHttp, ...gatheringHttp],
      run: (setting, commands, { runtime, file, record }) =>
        measureHttp(setting, commands.drive(runtime, file), {
          ...{ ...given, ...record, perTurn },
          records: count(quick ? 50_000 : 100_000),
        }),
    })),
    {
      group: "syslog",
      title: "RFC 5424 with args and 4 of extra, against a pickle",
      subjects: syslogAndPickle,
      run: (setting, commands, { runtime, file, record }) =>
        compute(setting, commands.run(runtime, file, record.what)),
    },
  ];
}
