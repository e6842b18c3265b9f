/*
 * The sink of the benches: receives what a logging program sends, checks every record, counts.
 *
 *     sink pickle|text|absent|stall tcp|udp MESSAGE DELIMITER SECONDS [MARK...]
 *
 * pickle: each record is a frame, a 4-byte big-endian length and a pickle of a log record with
 *   MESSAGE as its msg. A frame is parsed in full the first time; after that it is enough that it
 *   equals one that was, but for the bytes of its floats, which differ from record to record.
 * text: each record is text that holds MESSAGE; over TCP it ends with DELIMITER (\n, \0 and \\ are
 *   escapes).
 * absent: a port that is taken but not listened on. stall: connections are made and never read.
 *
 * Prints the port, then `mark N T` as the Nth record arrives for each MARK, in order, and `count N T`
 * whenever a line comes on stdin. When that ends it reads what is still to come and prints `end RECORDS BAD CUT BYTES T`: CUT records
 * were cut off by the end of their connection, T is when the last one arrived, in microseconds since
 * the epoch. It ends after SECONDS in any case.
 *
 * sink.mjs is the same for machines without a C compiler.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64
#define BUFFER_BYTES (256 * 1024)
#define SLOTS 4096
#define MAX_FLOATS 16
#define MAX_MEMO 256
/* Silence of so many milliseconds after the end of stdin is the end of what there is to read... */
#define QUIET_MS 300
/* ... and where no connection is open that there may be one yet to accept. */
#define NO_CONNECTION_MS 10

struct connection {
  int fd;
  size_t have;
  uint8_t *buffer;
};

/* A payload that was found good, and where its floats are. */
struct template {
  uint8_t *bytes;
  size_t length;
  size_t floats[MAX_FLOATS];
  int float_count;
};

struct text {
  const uint8_t *bytes;
  size_t length;
};

static const char *message;
static size_t message_length;
static char delimiter[64];
static size_t delimiter_length;
static int is_pickle, is_udp;
static struct template templates[SLOTS];
static long records, bad, cut, total_bytes;
static double last_time;
static long marks[64];
static int mark_count, next_mark;

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int equals(struct text t, const char *s) {
  return t.length == strlen(s) && memcmp(t.bytes, s, t.length) == 0;
}

static uint32_t big_endian(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t little_endian(const uint8_t *p) {
  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/*
 * Parses a dict of text, numbers, booleans and None, as CPython pickles it at protocol 1, and
 * checks that it is the record that was logged. Fills in where the floats are.
 */
static int parse(const uint8_t *p, size_t length, struct template *found) {
  struct text memo[MAX_MEMO] = {{0, 0}};
  struct text key = {0, 0}, value = {0, 0};
  size_t at = 0;
  int items = 0, marked = 0, ended = 0, is_text = 0, is_none = 0, is_float = 0;
  long number = 0;
  int has_msg = 0, has_name = 0, has_level = 0, has_args = 0, has_exc_info = 0, has_created = 0;
  found->float_count = 0;
#define NEED(n) do { if (length - at < (size_t)(n)) return 0; } while (0)
  NEED(1);
  if (p[at++] != '}') return 0;
  while (!ended) {
    NEED(1);
    uint8_t opcode = p[at++];
    int is_item = 0;
    switch (opcode) {
      case 'q': NEED(1); memo[p[at]] = value; at += 1; break;
      case 'r': {
        NEED(4);
        uint32_t index = little_endian(p + at);
        if (index >= MAX_MEMO) return 0;
        memo[index] = value;
        at += 4;
        break;
      }
      case '(': if (marked) return 0; marked = 1; break;
      case 'u': if (!marked || items % 2 != 0) return 0; marked = 0; break;
      case '.': if (marked || at != length) return 0; ended = 1; break;
      default: is_item = 1;
    }
    if (!is_item) continue;
    if (!marked) return 0;
    is_text = is_none = is_float = 0;
    value = (struct text){0, 0};
    switch (opcode) {
      case 'X': {
        NEED(4);
        uint32_t size = little_endian(p + at);
        at += 4;
        NEED(size);
        value = (struct text){p + at, size};
        at += size;
        is_text = 1;
        break;
      }
      case 'h': NEED(1); value = memo[p[at]]; at += 1; is_text = value.bytes != 0; break;
      case 'K': NEED(1); number = p[at]; at += 1; break;
      case 'M': NEED(2); number = p[at] | p[at + 1] << 8; at += 2; break;
      case 'J': NEED(4); number = (int32_t)little_endian(p + at); at += 4; break;
      case 'N': is_none = 1; break;
      case 'G':
        NEED(8);
        if (found->float_count == MAX_FLOATS) return 0;
        found->floats[found->float_count++] = at;
        at += 8;
        is_float = 1;
        break;
      case 'I':
      case 'L': {
        const uint8_t *end = memchr(p + at, '\n', length - at);
        if (end == 0) return 0;
        at = end + 1 - p;
        number = 0;
        break;
      }
      default: return 0;
    }
    if (items++ % 2 == 0) {
      if (!is_text) return 0;
      key = value;
      continue;
    }
    if (equals(key, "msg")) {
      has_msg = is_text && value.length == message_length &&
        memcmp(value.bytes, message, message_length) == 0;
    } else if (equals(key, "name")) {
      has_name = is_text && value.length >= 10 && memcmp(value.bytes, "myapp.area", 10) == 0;
    } else if (equals(key, "levelno")) {
      has_level = !is_text && !is_none && !is_float && number == 20;
    } else if (equals(key, "args")) {
      has_args = is_none;
    } else if (equals(key, "exc_info")) {
      has_exc_info = is_none;
    } else if (equals(key, "created")) {
      has_created = is_float;
    }
  }
  return has_msg && has_name && has_level && has_args && has_exc_info && has_created;
}

static int matches(const struct template *t, const uint8_t *p, size_t length) {
  if (t->length != length) return 0;
  size_t from = 0;
  for (int i = 0; i < t->float_count; i++) {
    if (memcmp(t->bytes + from, p + from, t->floats[i] - from) != 0) return 0;
    from = t->floats[i] + 8;
  }
  return memcmp(t->bytes + from, p + from, length - from) == 0;
}

/* The name of the logger, which comes first, tells which template it is. */
static struct template *slot_of(const uint8_t *p, size_t length) {
  uint32_t hash = (uint32_t)length;
  for (size_t i = 16; i + 4 <= length && i < 48; i += 4) {
    hash = (hash ^ little_endian(p + i)) * 0x9e3779b1u;
  }
  return &templates[hash >> 20];
}

static int good_pickle(const uint8_t *p, size_t length) {
  struct template *slot = slot_of(p, length);
  if (matches(slot, p, length)) return 1;
  struct template found;
  if (!parse(p, length, &found)) return 0;
  free(slot->bytes);
  found.length = length;
  found.bytes = malloc(length);
  memcpy(found.bytes, p, length);
  *slot = found;
  return 1;
}

static void count(int is_good) {
  if (!is_good) {
    bad++;
    return;
  }
  records++;
  if (next_mark < mark_count && records == marks[next_mark]) {
    last_time = now_us();
    printf("mark %ld %.1f\n", records, last_time);
    fflush(stdout);
    next_mark++;
  }
}

/* Takes every whole record; the number of bytes that were taken, or -1 for what cannot be read. */
static ssize_t take_frames(const uint8_t *p, size_t length) {
  size_t at = 0;
  while (length - at >= 4) {
    size_t size = big_endian(p + at);
    if (size > BUFFER_BYTES - 4) return -1;
    if (length - at - 4 < size) break;
    count(good_pickle(p + at + 4, size));
    at += 4 + size;
  }
  return at;
}

static ssize_t take_lines(const uint8_t *p, size_t length) {
  size_t at = 0;
  for (;;) {
    const uint8_t *end = delimiter_length == 1
      ? memchr(p + at, delimiter[0], length - at)
      : memmem(p + at, length - at, delimiter, delimiter_length);
    if (end == 0) break;
    count(memmem(p + at, end - (p + at), message, message_length) != 0);
    at = end - p + delimiter_length;
  }
  return at == 0 && length == BUFFER_BYTES ? -1 : (ssize_t)at;
}

static void take_datagram(const uint8_t *p, size_t length) {
  if (is_pickle) count(length >= 4 && big_endian(p) == length - 4 && good_pickle(p + 4, length - 4));
  else count(memmem(p, length, message, message_length) != 0);
}

/* Reads once; 0 at the end of the connection. */
static int read_stream(struct connection *c) {
  ssize_t n = recv(c->fd, c->buffer + c->have, BUFFER_BYTES - c->have, 0);
  if (n <= 0) {
    if (c->have > 0) cut++;
    return 0;
  }
  total_bytes += n;
  c->have += n;
  long before = records;
  ssize_t taken = is_pickle ? take_frames(c->buffer, c->have) : take_lines(c->buffer, c->have);
  if (records > before) last_time = now_us();
  if (taken < 0) {
    bad++;
    return 0;
  }
  c->have -= taken;
  memmove(c->buffer, c->buffer + taken, c->have);
  return 1;
}

static void read_datagrams(int fd) {
  static uint8_t datagram[65536];
  for (int i = 0; i < 256; i++) {
    ssize_t n = recv(fd, datagram, sizeof datagram, MSG_DONTWAIT);
    if (n < 0) break;
    total_bytes += n;
    take_datagram(datagram, n);
    last_time = now_us();
  }
}

static void unescape(const char *s) {
  for (; *s != 0 && delimiter_length < sizeof delimiter; s++) {
    char c = *s;
    if (c == '\\' && s[1] != 0) {
      s++;
      c = *s == 'n' ? '\n' : *s == '0' ? 0 : *s;
    }
    delimiter[delimiter_length++] = c;
  }
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: sink pickle|text|absent|stall tcp|udp MESSAGE DELIMITER SECONDS [MARK...]\n");
    return 2;
  }
  const char *kind = argv[1];
  is_pickle = strcmp(kind, "pickle") == 0;
  is_udp = strcmp(argv[2], "udp") == 0;
  message = argv[3];
  message_length = strlen(message);
  unescape(argv[4]);
  alarm(atoi(argv[5]));
  for (int i = 6; i < argc && mark_count < 64; i++) marks[mark_count++] = atol(argv[i]);

  int server = socket(AF_INET, is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  if (server < 0) fail("socket");
  if (is_udp) {
    int size = 64 * 1024 * 1024;
#ifdef SO_RCVBUFFORCE
    if (setsockopt(server, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
#endif
      setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(server, (struct sockaddr *)&address, size) != 0) fail("bind");
  getsockname(server, (struct sockaddr *)&address, &size);
  int is_absent = strcmp(kind, "absent") == 0, is_stalled = strcmp(kind, "stall") == 0;
  if (!is_udp && !is_absent && listen(server, 512) != 0) fail("listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  static struct connection connections[MAX_CONNECTIONS];
  int open = 0, stdin_open = 1;
  int deaf = is_absent || is_stalled;
  for (;;) {
    struct pollfd polled[MAX_CONNECTIONS + 2];
    polled[0] = (struct pollfd){.fd = stdin_open ? 0 : -1, .events = POLLIN};
    polled[1] = (struct pollfd){
      .fd = deaf || (!is_udp && open == MAX_CONNECTIONS) ? -1 : server, .events = POLLIN};
    for (int i = 0; i < open; i++) {
      polled[2 + i] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
    }
    int quiet = open == 0 && !is_udp ? NO_CONNECTION_MS : QUIET_MS;
    int ready = poll(polled, 2 + open, stdin_open ? -1 : quiet);
    if (ready < 0 && errno != EINTR) fail("poll");
    if (ready == 0) break;
    for (int i = open - 1; i >= 0; i--) {
      if (polled[2 + i].revents == 0) continue;
      if (read_stream(&connections[i])) continue;
      close(connections[i].fd);
      free(connections[i].buffer);
      connections[i] = connections[--open];
    }
    if (polled[1].revents != 0) {
      if (is_udp) {
        read_datagrams(server);
      } else {
        int fd = accept(server, 0, 0);
        if (fd >= 0) {
          connections[open++] = (struct connection){fd, 0, malloc(BUFFER_BYTES)};
        }
      }
    }
    if (polled[0].revents != 0) {
      char ignored[256];
      if (read(0, ignored, sizeof ignored) <= 0) {
        stdin_open = 0;
        if (deaf) break;
      } else {
        printf("count %ld %.1f\n", records, last_time);
        fflush(stdout);
      }
    }
  }
  printf("end %ld %ld %ld %ld %.1f\n", records, bad, cut, total_bytes, last_time);
  return 0;
}
