/** The test classes of handlers, over a network and in memory, and of queues. */
import { absent, difference, type Parity, shown } from "./answers.ts";

const handler = "tests/logging/handler_test.ts";
const stream = "tests/logging/stream_handler_test.ts";
const memory = "tests/handlers/memory_handler_test.ts";
const syslog = "tests/handlers/sys_log_handler_test.ts";
const syslogInterop = "tests/interop/sys_log_handler_test.ts";
const socketInterop = "tests/interop/socket_handler_test.ts";
const outage = "tests/interop/outage_test.ts";
const queue = "tests/queue/queue_handler_test.ts";
const listener = "tests/queue/queue_listener_test.ts";
const worker = "tests/interop/queue_worker_test.ts";
const file = "tests/files/file_handler_test.ts";
const streams = "tests/conformance/streams.ts";
const watched = "tests/files/watched_file_handler_test.ts";

const noServer = [
  ...shown(
    outage,
    "SocketHandler in drop mode outlives a server that is gone, over ${kind}, and dials again",
  ),
  ...shown(
    "tests/handlers/socket_handler_test.ts",
    "SocketHandler in drop mode dials only from emit() and drops inside the window",
  ),
];

const closeIsFinal = difference(
  "`close()` is final, except of file handlers; Python's handlers reopen.",
  shown(syslog, "SysLogHandler.close() sends the queued records and is final"),
);

const timeout = difference(
  "Connecting does not block: records wait for it.",
  shown(syslog, "SysLogHandler.timeout bounds the wait for a connection, in seconds"),
  shown(streams, "connect() that is aborted at once leaves no connection behind"),
);

const syslogBytes = [
  ...shown(
    syslog,
    "SysLogHandler sends <PRI>, text and a NUL in each datagram, and opens nothing before",
  ),
  ...shown(
    syslogInterop,
    "SysLogHandler sends over ${kind} byte for byte what CPython ${python.version} sends",
  ),
];

const stopHandlesAll = shown(
  listener,
  "QueueListener.stop() handles all records queued before it, and start() continues",
);
const stopHandlesAllOfAThread = shown(
  worker,
  "QueueListener.stop() handles the records that another thread has put into its port before",
);

/** Everything that takes records, but files. */
export const handlers: Parity = {
  HandlerTest: {
    test_name: [
      ...shown(
        handler,
        "setting 'name' registers the handler under that name",
        "set_name() and get_name() are the property 'name'",
      ),
      ...difference(
        "A handler is a subclass of `Handler` with an `emit()`.",
        shown(handler, "a handler without an emit() of its own reports that for each record"),
      ),
    ],
    test_builtin_handlers: [
      ...shown(
        watched,
        "WatchedFileHandler has no device and inode before the first record with delay",
        "a file that is removed repeatedly loses no later record",
      ),
      ...shown(syslog, "SysLogHandler has CPython's attributes, on the class and on the handler"),
      ...shown(
        "tests/handlers/http_handler_test.ts",
        "HTTPHandler says what is wrong with an option",
        "HTTPHandler sends a record as CPython does: a GET with its attributes as they are",
        "HTTPHandler posts a form, one record a request and one request at a time",
      ),
      ...shown(
        "tests/handlers/buffering_handler_test.ts",
        "BufferingHandler.shouldFlush() says yes when the buffer is up to the capacity",
      ),
    ],
    test_pathlike_objects: shown(
      file,
      "every file handler takes a URL, and creates its file at once",
      "FileHandler takes a URL or a path, and makes the path absolute",
    ),
    test_race: shown(
      watched,
      "a file that is removed repeatedly loses no later record",
      "a file that is moved gets the records before the move, and a new one those after it",
    ),
    test_post_fork_child_no_deadlock: difference(
      "There is nothing for `fork()`, which JavaScript does not have.",
    ),
  },
  StreamHandlerTest: {
    test_error_handling: shown(stream, "the error of a stream goes to handleError()"),
    test_stream_setting: shown(
      stream,
      "setStream() flushes and returns the previous stream, or returns null",
    ),
    test_can_represent_stream_with_int_name: shown(
      stream,
      "toString() shows the name of the stream, even if it is a number",
    ),
  },
  EncodingTest: {
    test_encoding_plain_file: shown(
      file,
      "FileHandler has appended a line for each record by the end of the turn",
    ),
    test_encoding_cyrillic_unicode: shown(
      stream,
      "StreamHandler gives a stream the text itself, for any encoding of the stream's own",
    ),
  },
  SMTPHandlerTest: {
    test_basic: [
      ...shown(
        "tests/interop/smtp_handler_test.ts",
        "SMTPHandler delivers the same mails as CPython's SMTPHandler",
      ),
      ...shown(
        "tests/mail/smtp_handler_test.ts",
        "SMTPHandler has CPython's attributes and defaults",
      ),
    ],
  },
  MemoryHandlerTest: {
    test_flush: [
      ...shown(memory, "MemoryHandler passes records on at flushLevel and at capacity, in order"),
      ...shown(
        "tests/interop/queue_handler_test.ts",
        "MemoryHandler passes on the same records at the same moments as CPython's",
      ),
    ],
    test_flush_on_close: shown(
      memory,
      "MemoryHandler.close() passes on what is left, and lets go of the target",
      "MemoryHandler.close() throws records away with flushOnClose false",
    ),
    test_shutdown_flush_on_close: shown(
      memory,
      "shutdown() passes on the records of a MemoryHandler, unless flushOnClose is false",
    ),
    test_race_between_set_target_and_flush: shown(
      memory,
      "MemoryHandler passes a burst on to one target, which may remove itself meanwhile",
    ),
  },
  SocketHandlerTest: {
    test_output: shown(
      socketInterop,
      "the documented example arrives at CPython ${version} as documented",
    ),
    test_noserver: noServer,
  },
  UnixSocketHandlerTest: {
    test_output: shown(
      socketInterop,
      "records arrive over TCP on IPv6 and over a Unix socket",
    ),
    test_noserver: noServer,
  },
  DatagramHandlerTest: {
    test_output: shown(
      socketInterop,
      "the documented example arrives over UDP on IPv4 and IPv6",
    ),
  },
  UnixDatagramHandlerTest: {
    test_output: shown(
      "tests/interop/unixgram_test.ts",
      "DatagramHandler loses nothing when its Unix receiver is restarted, in `queue` mode",
    ),
  },
  SysLogHandlerTest: {
    test_output: syslogBytes,
    test_udp_reconnection: closeIsFinal,
    test_tcp_timeout: timeout,
  },
  UnixSysLogHandlerTest: {
    test_output: syslogBytes,
    test_udp_reconnection: closeIsFinal,
    test_tcp_timeout: timeout,
  },
  IPv6SysLogHandlerTest: {
    test_output: shown(syslogInterop, "SysLogHandler sends over UDP to an IPv6 address"),
    test_udp_reconnection: closeIsFinal,
    test_tcp_timeout: timeout,
  },
  HTTPHandlerTest: {
    test_output: [
      ...shown(
        "tests/interop/http_handler_test.ts",
        "HTTPHandler sends the same requests as CPython's HTTPHandler",
      ),
      ...shown(
        "tests/delivery/http_network_test.ts",
        "HTTPHandler sends over TLS to a server of a trusted authority, and to no other",
      ),
      ...shown(
        "tests/delivery/http_writer_test.ts",
        "HTTPHandler.method can be set, in any case, and holds for records that are queued",
      ),
    ],
  },
  QueueHandlerTest: {
    test_queue_handler: shown(
      queue,
      "QueueHandler queues a copy with the merged text; the record keeps its arguments",
    ),
    test_formatting: shown(
      queue,
      "QueueHandler.prepare() puts error and stack into the text, and nowhere else",
    ),
    test_queue_listener: shown(
      listener,
      "QueueListener gives records to its handlers in order, in a later turn",
      "QueueListener checks a handler's level only with respect_handler_level",
      "QueueListener.stop() handles all records queued before it, and start() continues",
    ),
    test_queue_listener_context_manager: shown(
      listener,
      "QueueListener.start() returns the listener, which await using stops",
    ),
    test_queue_listener_multi_start: shown(
      listener,
      "QueueListener.stop() handles all records queued before it, and start() continues",
    ),
    test_queue_listener_with_StreamHandler: shown(
      listener,
      "a handler of QueueListener writes the error and the stack of a record once",
    ),
    test_queue_listener_with_multiple_handlers: shown(
      queue,
      "a formatter of QueueHandler makes the text in the queue, and not that of other handlers",
    ),
  },
  QueueListenerTest: {
    test_handle_called_with_queue_queue: stopHandlesAll,
    test_handle_called_with_mp_queue: absent(
      "JavaScript shares no queue between processes; threads pass records over a port",
      stopHandlesAllOfAThread,
    ),
    test_no_messages_in_queue_after_stop: [
      ...shown(listener, "QueueListener listens to a queue that has only put_nowait() and get()"),
      ...stopHandlesAll,
    ],
    test_calls_task_done_after_stop: shown(
      listener,
      "QueueListener.stop() leaves no item that task_done() could be called for",
    ),
  },
  NTEventLogHandlerTest: {
    test_basic: [
      ...shown(
        "tests/interop/nt_event_log_handler_test.ts",
        "NTEventLogHandler makes the calls of pywin32 that CPython's makes",
      ),
      ...shown(
        "tests/windows/nt_event_log_handler_test.ts",
        "NTEventLogHandler writes the formatted text, in one string",
      ),
    ],
  },
};
