/*
 * The sink of the benches: receives what a logging program sends, checks every record, counts.
 *
 *     sink pickle|text|absent|stall tcp|udp DELIMITER SECONDS LOGGERS MARKS EXPECTATION...
 *
 * An EXPECTATION is KEY=PATTERN or KEY~PATTERN: in each record the value of KEY equals the pattern,
 * or holds it. In a pattern the number of the record and what follows from it are
 *   %i  the number            %t  the number modulo 977    %u  the number modulo 50
 *   %s  200 + number modulo 5 %c  true if it is even, else false
 *   %l  the number of its logger of LOGGERS that take turns, the first is 1      %%  a percent sign
 * The first expectation that has %i is where a record's number is read from. Each number must be
 * greater than the one before: a record that comes twice or late is a wrong one. Without %i the
 * records are counted.
 *
 * pickle: each record is a frame, a 4-byte big-endian length and a pickle of a log record. A frame
 *   is parsed in full the first time. Further ones must equal it in every byte but those of floats
 *   and of the values that have to change, which are compared with the values of that number. A
 *   frame that does not is parsed in full again.
 * text: each record is text, in which every pattern must be found whatever its KEY; over TCP it ends
 *   with DELIMITER (\n, \0 and \\ are escapes).
 * absent: a port that is taken but not listened on. stall: connections are made and never read.
 *
 * Prints the port, then `mark N T` as the Nth record arrives for each of the MARKS, numbers in order
 * with commas between. It is told by lines on stdin: `count` is answered by `count N T`; `late MS`
 * has it read nothing more for so long once something arrives. When stdin ends it reads what is
 * still to come and prints `end RECORDS BAD CUT BYTES T NEXT`: CUT records were cut off by the end
 * of their connection, T is when the last one arrived, in microseconds since the epoch, and NEXT is
 * the number after the last one. It ends after SECONDS in any case.
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
#define MAX_SLOTS 32
#define MAX_EXPECTATIONS 16
#define MAX_PATTERN 128
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

struct text {
  const uint8_t *bytes;
  size_t length;
};

struct expectation {
  const char *key;
  const char *pattern;
  int is_whole;
  int changes;
};

/* A value as text; numbers and booleans are written into `own`. */
struct value {
  struct text text;
  enum { NOTHING, TEXT, NUMBER, BOOLEAN, FLOAT, NONE } type;
  char own[24];
};

/* Bytes of a payload that differ from record to record: a float, or what an expectation is about. */
struct slot {
  size_t from, to;
  int expectation;
};

/* A payload that was found good. */
struct template {
  uint8_t *bytes;
  size_t length;
  struct slot slots[MAX_SLOTS];
  int slot_count;
};

static struct expectation expectations[MAX_EXPECTATIONS];
static int expectation_count;
/* The expectation that has the number, or -1, and the text before the number. */
static int numbered = -1;
static char number_prefix[MAX_PATTERN];
static size_t number_prefix_length;
static long loggers;
static char delimiter[64];
static size_t delimiter_length;
static int is_pickle, is_udp;
static struct template known;
static long records, bad, cut, total_bytes;
/* The least number that the next record may have. */
static long next_number;
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

static size_t write_number(char *to, long number) {
  char digits[24];
  size_t count = 0, size = 0;
  if (number < 0) {
    to[size++] = '-';
    number = -number;
  }
  do {
    digits[count++] = '0' + number % 10;
    number /= 10;
  } while (number > 0);
  while (count > 0) to[size++] = digits[--count];
  return size;
}

/* Writes the text of a pattern for a record; its length. */
static size_t expand(const char *pattern, long number, char *to) {
  char *start = to;
  for (const char *s = pattern; *s != 0 && to - start < 2 * MAX_PATTERN - 24; s++) {
    if (*s != '%') {
      *to++ = *s;
      continue;
    }
    switch (*++s) {
      case 'i': to += write_number(to, number); break;
      case 't': to += write_number(to, number % 977); break;
      case 'u': to += write_number(to, number % 50); break;
      case 's': to += write_number(to, 200 + number % 5); break;
      case 'l': to += write_number(to, number % loggers + 1); break;
      case 'c': to = stpcpy(to, number % 2 == 0 ? "true" : "false"); break;
      case 0: return to - start;
      default: *to++ = *s;
    }
  }
  return to - start;
}

/* The number in a text that begins as records do; -1 if it does not. */
static long number_in(struct text t) {
  if (t.length < number_prefix_length ||
      memcmp(t.bytes, number_prefix, number_prefix_length) != 0) return -1;
  size_t at = number_prefix_length;
  long number = 0;
  int digits = 0;
  for (; at < t.length && t.bytes[at] >= '0' && t.bytes[at] <= '9' && digits < 15; at++, digits++) {
    number = number * 10 + t.bytes[at] - '0';
  }
  return digits == 0 ? -1 : number;
}

static int meets(const struct expectation *e, struct text t, long number) {
  char wanted[2 * MAX_PATTERN];
  size_t length = expand(e->pattern, number, wanted);
  if (e->is_whole) return t.length == length && memcmp(t.bytes, wanted, length) == 0;
  return t.length >= length && memmem(t.bytes, t.length, wanted, length) != 0;
}

/* Reads a value that is no reference to an earlier one; 0 if that is none, or is cut off. */
static int read_value(const uint8_t *p, size_t length, size_t *at, struct value *value) {
  size_t left = length - *at;
  if (left == 0) return 0;
  const uint8_t *from = p + *at + 1;
  long number = 0;
  size_t size = 0;
  left--;
#define NEED(n) do { if (left < (size_t)(n)) return 0; size = (n); } while (0)
  value->text = (struct text){0, 0};
  value->type = NUMBER;
  switch (p[*at]) {
    case 'X': {
      NEED(4);
      uint32_t bytes = little_endian(from);
      NEED(4 + (size_t)bytes);
      value->text = (struct text){from + 4, bytes};
      value->type = TEXT;
      break;
    }
    case 'K': NEED(1); number = from[0]; break;
    case 'M': NEED(2); number = from[0] | from[1] << 8; break;
    case 'J': NEED(4); number = (int32_t)little_endian(from); break;
    case 'N': value->type = NONE; break;
    case 'G': NEED(8); value->type = FLOAT; break;
    case 'I':
    case 'L': {
      const uint8_t *end = memchr(from, '\n', left);
      if (end == 0) return 0;
      size = end + 1 - from;
      value->type = BOOLEAN;
      if (size == 3 && memcmp(from, "01\n", 3) == 0) value->text.length = stpcpy(value->own, "true") - value->own;
      else if (size == 3 && memcmp(from, "00\n", 3) == 0) value->text.length = stpcpy(value->own, "false") - value->own;
      value->text.bytes = (const uint8_t *)value->own;
      break;
    }
    default: return 0;
  }
  if (value->type == NUMBER) {
    value->text = (struct text){(const uint8_t *)value->own, write_number(value->own, number)};
  }
  *at += 1 + size;
  return 1;
}

/* Checks what was found for each expectation, and the order. */
static int meets_all(const struct text *found) {
  long number = numbered < 0 ? next_number : number_in(found[numbered]);
  if (number < next_number) return 0;
  for (int i = 0; i < expectation_count; i++) {
    if (found[i].bytes == 0 || !meets(&expectations[i], found[i], number)) return 0;
  }
  next_number = number + 1;
  return 1;
}

/*
 * Parses a dict of text, numbers, booleans and None, as CPython pickles it at protocol 1, and
 * checks that it is the record that was logged. Fills in what will differ in others.
 */
static int parse(const uint8_t *p, size_t length, struct template *template) {
  struct text memo[MAX_MEMO] = {{0, 0}}, key = {0, 0}, found[MAX_EXPECTATIONS] = {{0, 0}};
  struct value value = {{0, 0}, NOTHING, ""}, kept[MAX_EXPECTATIONS];
  size_t at = 1;
  int items = 0, marked = 0, ended = 0;
  int has_args = 0, has_exc_info = 0, has_created = 0;
  template->slot_count = 0;
  if (length == 0 || p[0] != '}') return 0;
  while (!ended) {
    if (at >= length) return 0;
    size_t from = at;
    switch (p[at]) {
      case 'q':
        if (length - at < 2) return 0;
        memo[p[at + 1]] = value.text;
        at += 2;
        continue;
      case 'r':
        if (length - at < 5 || little_endian(p + at + 1) >= MAX_MEMO) return 0;
        memo[little_endian(p + at + 1)] = value.text;
        at += 5;
        continue;
      case '(': if (marked) return 0; marked = 1; at++; continue;
      case 'u': if (!marked || items % 2 != 0) return 0; marked = 0; at++; continue;
      case '.': if (marked || ++at != length) return 0; ended = 1; continue;
      case 'h':
        if (length - at < 2) return 0;
        value.text = memo[p[at + 1]];
        value.type = value.text.bytes != 0 ? TEXT : NOTHING;
        at += 2;
        break;
      default:
        if (!read_value(p, length, &at, &value)) return 0;
    }
    if (!marked) return 0;
    if (items++ % 2 == 0) {
      if (value.type != TEXT) return 0;
      key = value.text;
      continue;
    }
    int varies = value.type == FLOAT, about = -1;
    for (int i = 0; i < expectation_count; i++) {
      if (!equals(key, expectations[i].key) || value.type == FLOAT || value.type == NONE) continue;
      kept[i] = value;
      if (value.type == TEXT) found[i] = value.text;
      else found[i] = (struct text){(const uint8_t *)kept[i].own, value.text.length};
      if (expectations[i].changes && p[from] != 'h') varies = 1, about = i;
    }
    if (varies) {
      if (template->slot_count == MAX_SLOTS) return 0;
      template->slots[template->slot_count++] = (struct slot){from, at, about};
    }
    if (equals(key, "args")) has_args = value.type == NONE;
    else if (equals(key, "exc_info")) has_exc_info = value.type == NONE;
    else if (equals(key, "created")) has_created = value.type == FLOAT;
  }
  return has_args && has_exc_info && has_created && meets_all(found);
}

static int matches(const struct template *t, const uint8_t *p, size_t length) {
  struct value values[MAX_SLOTS];
  struct text found[MAX_EXPECTATIONS] = {{0, 0}};
  size_t at = 0, behind = 0;
  if (t->bytes == 0) return 0;
  for (int i = 0; i < t->slot_count; i++) {
    const struct slot *slot = &t->slots[i];
    size_t same = slot->from - behind;
    if (length - at < same || memcmp(t->bytes + behind, p + at, same) != 0) return 0;
    at += same;
    behind = slot->to;
    if (!read_value(p, length, &at, &values[i])) return 0;
    if (slot->expectation < 0 ? values[i].type != FLOAT : values[i].text.bytes == 0) return 0;
    if (slot->expectation >= 0) found[slot->expectation] = values[i].text;
  }
  if (length - at != t->length - behind || memcmp(t->bytes + behind, p + at, length - at) != 0) return 0;
  long number = numbered < 0 ? next_number : number_in(found[numbered]);
  if (number < next_number) return 0;
  for (int i = 0; i < expectation_count; i++) {
    if (expectations[i].changes && !meets(&expectations[i], found[i], number)) return 0;
  }
  next_number = number + 1;
  return 1;
}

static int good_pickle(const uint8_t *p, size_t length) {
  if (matches(&known, p, length)) return 1;
  struct template found;
  if (!parse(p, length, &found)) return 0;
  found.length = length;
  found.bytes = malloc(length);
  memcpy(found.bytes, p, length);
  free(known.bytes);
  known = found;
  return 1;
}

static int good_text(const uint8_t *p, size_t length) {
  long number = next_number;
  if (numbered >= 0) {
    const uint8_t *at = memmem(p, length, number_prefix, number_prefix_length);
    if (at == 0) return 0;
    number = number_in((struct text){at, length - (at - p)});
  }
  if (number < next_number) return 0;
  for (int i = 0; i < expectation_count; i++) {
    if (!meets(&expectations[i], (struct text){p, length}, number)) return 0;
  }
  next_number = number + 1;
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
    count(good_text(p + at, end - (p + at)));
    at = end - p + delimiter_length;
  }
  return at == 0 && length == BUFFER_BYTES ? -1 : (ssize_t)at;
}

static void take_datagram(const uint8_t *p, size_t length) {
  if (is_pickle) count(length >= 4 && big_endian(p) == length - 4 && good_pickle(p + 4, length - 4));
  else count(good_text(p, length));
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

/* Takes KEY=PATTERN or KEY~PATTERN apart. */
static void expect(char *text) {
  size_t at = strcspn(text, "=~");
  if (text[at] == 0 || strlen(text) >= MAX_PATTERN || expectation_count == MAX_EXPECTATIONS) {
    fprintf(stderr, "not an expectation, or one too many: %s\n", text);
    exit(2);
  }
  struct expectation *e = &expectations[expectation_count++];
  *e = (struct expectation){text, text + at + 1, text[at] == '=', 0};
  text[at] = 0;
  const char *number = 0;
  for (const char *s = e->pattern; (s = strchr(s, '%')) != 0 && s[1] != 0; s += 2) {
    if (s[1] != '%') e->changes = 1;
    if (s[1] == 'i' && number == 0) number = s;
  }
  if (number == 0 || numbered >= 0) return;
  numbered = expectation_count - 1;
  char prefix[MAX_PATTERN] = {0};
  memcpy(prefix, e->pattern, number - e->pattern);
  number_prefix_length = expand(prefix, 0, number_prefix);
}

int main(int argc, char **argv) {
  if (argc < 7) {
    fprintf(stderr, "usage: sink pickle|text|absent|stall tcp|udp DELIMITER SECONDS LOGGERS MARKS EXPECTATION...\n");
    return 2;
  }
  const char *kind = argv[1];
  is_pickle = strcmp(kind, "pickle") == 0;
  is_udp = strcmp(argv[2], "udp") == 0;
  unescape(argv[3]);
  alarm(atoi(argv[4]));
  loggers = atol(argv[5]);
  for (char *mark = strtok(argv[6], ","); mark != 0 && mark_count < 64; mark = strtok(0, ",")) {
    marks[mark_count++] = atol(mark);
  }
  for (int i = 7; i < argc; i++) expect(argv[i]);

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
  /* Milliseconds that are yet to be begun by an arrival, and when those that were begun are over. */
  long late_ms = 0;
  double late_until = 0;
  for (;;) {
    double late_left = late_until - now_us();
    int is_late = late_left > 0;
    struct pollfd polled[MAX_CONNECTIONS + 2];
    polled[0] = (struct pollfd){.fd = stdin_open ? 0 : -1, .events = POLLIN};
    polled[1] = (struct pollfd){
      .fd = deaf || (!is_udp && open == MAX_CONNECTIONS) ? -1 : server, .events = POLLIN};
    for (int i = 0; i < open; i++) {
      polled[2 + i] = (struct pollfd){.fd = is_late ? -1 : connections[i].fd, .events = POLLIN};
    }
    int quiet = open == 0 && !is_udp ? NO_CONNECTION_MS : QUIET_MS;
    int ready = poll(polled, 2 + open, is_late ? (int)(late_left / 1e3) + 1 : stdin_open ? -1 : quiet);
    if (ready < 0 && errno != EINTR) fail("poll");
    if (ready == 0 && is_late) continue;
    if (ready == 0) break;
    for (int i = open - 1; i >= 0; i--) {
      if (polled[2 + i].revents == 0) continue;
      if (late_ms > 0) {
        late_until = now_us() + late_ms * 1e3;
        late_ms = 0;
        break;
      }
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
      char line[256] = {0};
      if (read(0, line, sizeof line - 1) <= 0) {
        stdin_open = 0;
        if (deaf) break;
      } else if (strncmp(line, "late ", 5) == 0) {
        late_ms = atol(line + 5);
        printf("late\n");
        fflush(stdout);
      } else {
        printf("count %ld %.1f\n", records, last_time);
        fflush(stdout);
      }
    }
  }
  printf("end %ld %ld %ld %ld %.1f %ld\n", records, bad, cut, total_bytes, last_time, next_number);
  return 0;
}
