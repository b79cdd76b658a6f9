/* Two V.22bis modems on one telephone line, each with a pty as its DTE: spandsp's AT interpreter and modulation, a line
   with delay and noise between them. What one dials rings at the other.

   Prints the two devices, then obeys lines on its standard input: cut, join, noise DBM0, burst MS. Ends with its input.
   Usage: softmodem [DELAY_MS] [NOISE_DBM0] */
#define _GNU_SOURCE
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { block = 160, longest_delay = 8000, dte_buffer = 65536, rate = 2400 };
enum phase { on_hook, calling, ringing, training, online, online_command };

struct modem {
  const char *name;
  int master;
  at_state_t *at;
  v22bis_state_t *dsp;
  enum phase phase;
  struct modem *other;
  /* Octets from the DTE that wait for the line, and the frame that is leaving (start, eight bits, stop). */
  uint8_t waiting[dte_buffer];
  size_t first, count;
  unsigned frame;
  int frame_bits;
  /* The frame that is coming in. */
  unsigned got;
  int got_bits;
  /* The line towards this modem. */
  int16_t line[longest_delay + block];
  awgn_state_t noise;
  int carrier_lost, trained;
  double ring_at, quiet_since, pluses_at, train_until;
  int pluses;
};

static struct modem modems[2];
static int delay_samples = 400, is_cut;
static float noise_level = -60.0f;
static double now, burst_until;

static void say(const char *who, const char *what) { fprintf(stderr, "%8.2f %s %s\n", now, who, what); }

static void to_dte(struct modem *m, const uint8_t *octets, size_t n) {
  if (write(m->master, octets, n) < 0 && errno != EAGAIN) say(m->name, "DTE is gone");
}

static int on_at_output(at_state_t *at, void *user, const uint8_t *octets, size_t n) {
  (void)at;
  to_dte(user, octets, n);
  return 0;
}

static int next_bit(void *user) {
  struct modem *m = user;
  if (m->frame_bits == 0) {
    if (m->count == 0) return 1;
    m->frame = (unsigned)m->waiting[m->first] << 1 | 1u << 9;
    m->frame_bits = 10;
    m->first = (m->first + 1) % dte_buffer;
    --m->count;
  }
  const int bit = (int)(m->frame & 1u);
  m->frame >>= 1;
  --m->frame_bits;
  return bit;
}

static void bit_came(void *user, int bit) {
  struct modem *m = user;
  if (bit < 0 || m->phase != online) return;
  if (m->got_bits == 0) {
    if (bit == 0) m->got_bits = 1, m->got = 0;
    return;
  }
  if (m->got_bits <= 8) {
    m->got |= (unsigned)bit << (m->got_bits - 1);
    ++m->got_bits;
    return;
  }
  m->got_bits = 0;
  const uint8_t octet = (uint8_t)m->got;
  if (bit == 1) to_dte(m, &octet, 1); /* else a framing error: dropped as a UART does */
}

static void status_came(void *user, int status) {
  struct modem *m = user;
  if (status == SIG_STATUS_TRAINING_SUCCEEDED) m->trained = 1;
  if (status == SIG_STATUS_CARRIER_DOWN || status == SIG_STATUS_TRAINING_FAILED) m->carrier_lost = 1;
}

static void begin_training(struct modem *m, int caller) {
  if (m->dsp) v22bis_free(m->dsp);
  m->dsp = v22bis_init(NULL, rate, V22BIS_GUARD_TONE_NONE, caller, next_bit, m, bit_came, m);
  v22bis_set_modem_status_handler(m->dsp, status_came, m);
  v22bis_restart(m->dsp, rate);
  m->phase = training;
  m->trained = m->carrier_lost = 0;
  m->count = m->first = 0;
  m->frame_bits = m->got_bits = 0;
  m->train_until = now + 30;
}

static void hang_up(struct modem *m) {
  m->phase = on_hook;
  if (m->dsp) v22bis_free(m->dsp);
  m->dsp = NULL;
}

static int on_control(at_state_t *at, void *user, int operation, const char *number) {
  struct modem *m = user;
  (void)at;
  switch (operation) {
  case AT_MODEM_CONTROL_CALL:
    say(m->name, "dials");
    (void)number;
    m->phase = calling;
    if (m->other->phase == on_hook) m->other->phase = ringing, m->other->ring_at = now + 0.2;
    m->train_until = now + 40;
    break;
  case AT_MODEM_CONTROL_ANSWER:
    if (m->other->phase != calling) return -1;
    say(m->name, "answers");
    begin_training(m, 0);
    begin_training(m->other, 1);
    break;
  case AT_MODEM_CONTROL_HANGUP:
  case AT_MODEM_CONTROL_ONHOOK:
    if (m->phase != on_hook && m->phase != ringing) say(m->name, "hangs up"), hang_up(m);
    if (m->other->phase == ringing) m->other->phase = on_hook;
    break;
  default:
    break;
  }
  return 0;
}

static void end_call(struct modem *m, const char *why) {
  say(m->name, why);
  hang_up(m);
  at_set_at_rx_mode(m->at, AT_MODE_ONHOOK_COMMAND);
  at_put_response_code(m->at, AT_RESPONSE_CODE_NO_CARRIER);
}

static void open_dte(struct modem *m, const char *name) {
  memset(m, 0, sizeof *m);
  m->name = name;
  m->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (m->master < 0 || grantpt(m->master) != 0 || unlockpt(m->master) != 0) exit(1);
  const int keep = open(ptsname(m->master), O_RDWR | O_NOCTTY); /* kept open: a program may come and go */
  struct termios raw;
  if (keep < 0 || tcgetattr(keep, &raw) != 0) exit(1);
  cfmakeraw(&raw);
  tcsetattr(keep, TCSANOW, &raw);
  m->at = at_init(NULL, on_at_output, m, on_control, m);
  awgn_init_dbm0(&m->noise, name[0], noise_level);
  printf("%s\n", ptsname(m->master));
}

/* +++ with a second of silence on both sides, and what else the DTE says. */
static void from_dte(struct modem *m) {
  uint8_t octets[512];
  const ssize_t n = read(m->master, octets, sizeof octets);
  if (n > 0 && m->phase != online) {
    /* A character while it dials or trains breaks that off (V.250 5.6.1). */
    if (m->phase == calling || m->phase == training) return end_call(m, "is interrupted");
    at_interpreter(m->at, (const char *)octets, (int)n);
  } else if (n > 0) {
    int all = 1;
    for (ssize_t i = 0; i < n; ++i)
      all = all && octets[i] == '+';
    if (all && (m->pluses > 0 || now - m->quiet_since >= 1.0)) {
      m->pluses += (int)n;
      m->pluses_at = now;
    } else {
      m->pluses = 0;
    }
    for (ssize_t i = 0; i < n && m->count < dte_buffer; ++i, ++m->count)
      m->waiting[(m->first + m->count) % dte_buffer] = octets[i];
  }
  if (n > 0) m->quiet_since = now;
  if (m->phase == online && m->pluses == 3 && now - m->pluses_at >= 1.0) {
    m->pluses = 0;
    m->phase = online_command;
    at_set_at_rx_mode(m->at, AT_MODE_OFFHOOK_COMMAND);
    at_put_response_code(m->at, AT_RESPONSE_CODE_OK);
  }
}

static void run_phase(struct modem *m) {
  if (m->phase == ringing && now >= m->ring_at) {
    if (m->other->phase != calling) {
      m->phase = on_hook;
      return;
    }
    m->ring_at = now + 1.5;
    at_call_event(m->at, AT_CALL_EVENT_ALERTING);
  }
  if (m->phase == calling && now > m->train_until) end_call(m, "is not answered");
  if (m->phase == training && m->trained) {
    char text[32];
    snprintf(text, sizeof text, "CONNECT %d", v22bis_get_current_bit_rate(m->dsp));
    say(m->name, text);
    m->phase = online;
    m->quiet_since = now;
    m->count = m->first = 0;
    at_put_response(m->at, text);
    at_set_at_rx_mode(m->at, AT_MODE_CONNECTED);
  }
  if (m->phase == training && (m->carrier_lost || now > m->train_until)) end_call(m, "does not train");
  if ((m->phase == online || m->phase == online_command) && m->carrier_lost) end_call(m, "has lost the carrier");
}

static void run_line(void) {
  int16_t sent[2][block];
  for (int i = 0; i < 2; ++i) {
    struct modem *m = &modems[i];
    memset(sent[i], 0, sizeof sent[i]);
    if (m->dsp) v22bis_tx(m->dsp, sent[i], block);
    if (is_cut) memset(sent[i], 0, sizeof sent[i]);
  }
  for (int i = 0; i < 2; ++i) {
    struct modem *m = &modems[i];
    memmove(m->line, m->line + block, (size_t)delay_samples * sizeof(int16_t));
    memcpy(m->line + delay_samples, sent[1 - i], sizeof sent[0]);
    int16_t heard[block];
    for (int s = 0; s < block; ++s) {
      const int loud = now < burst_until ? 40 : 1;
      heard[s] = (int16_t)(m->line[s] + (is_cut ? 0 : awgn(&m->noise) * loud));
    }
    if (m->dsp) v22bis_rx(m->dsp, heard, block);
  }
}

static int obey(const char *line) {
  float level;
  int ms;
  if (strncmp(line, "cut", 3) == 0)
    is_cut = 1;
  else if (strncmp(line, "join", 4) == 0)
    is_cut = 0;
  else if (sscanf(line, "noise %f", &level) == 1)
    for (int i = 0; i < 2; ++i)
      awgn_init_dbm0(&modems[i].noise, i + 1, level);
  else if (sscanf(line, "burst %d", &ms) == 1)
    burst_until = now + ms / 1000.0;
  else
    return 0;
  say("line", line);
  return 1;
}

int main(int argc, char **argv) {
  if (argc > 1) delay_samples = atoi(argv[1]) * 8;
  if (argc > 2) noise_level = (float)atof(argv[2]);
  if (delay_samples < 0 || delay_samples > longest_delay) return 2;
  open_dte(&modems[0], "A");
  open_dte(&modems[1], "B");
  modems[0].other = &modems[1];
  modems[1].other = &modems[0];
  fflush(stdout);
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (;; now += 0.02) {
    char line[64];
    const ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);
    if (n == 0) return 0;
    if (n > 0) line[n] = 0, line[strcspn(line, "\n")] = 0, obey(line);
    for (int i = 0; i < 2; ++i) {
      from_dte(&modems[i]);
      run_phase(&modems[i]);
    }
    run_line();
    next.tv_nsec += 20000000;
    if (next.tv_nsec >= 1000000000) next.tv_nsec -= 1000000000, ++next.tv_sec;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
}
