#include "modem/line_fsm.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tallyline::modem;
using namespace std::chrono_literals;

namespace {

using S = line_state;
using E = line_event;
using A = line_action;
using actions = std::vector<A>;

constexpr line_traits everything{.gsm = true, .dtr_hangs_up = true, .has_power = true, .speeds = 2};

struct machine {
  line_fsm fsm;
  clock::time_point now{1000h};
  line_fsm::outcome last;

  explicit machine(line_traits t = everything) : fsm({}, t) {}
  machine& operator()(E e, std::string_view why = {}) {
    last = fsm.step({e, why}, now);
    return *this;
  }
  machine& wait() {
    REQUIRE(fsm.due().has_value());
    now = *fsm.due();
    return (*this)(E::timer);
  }
  bool did(A a) const { return std::find(last.actions.begin(), last.actions.end(), a) != last.actions.end(); }
  S state() const { return fsm.state(); }
};

machine idle(line_traits t = everything) {
  machine m(t);
  m(E::opened)(E::answered)(E::answered);
  if (t.gsm) m(E::answered)(E::registered);
  REQUIRE(m.state() == S::idle);
  return m;
}

machine at(S s) {
  line_traits t = everything;
  if (s == S::guarding || s == S::escaping) t.dtr_hangs_up = false;
  if (s == S::absent) return machine(t);
  machine m(t);
  m(E::opened);
  if (s == S::probing) return m;
  m(E::answered);
  if (s == S::setting_up) return m;
  m(E::answered);
  if (s == S::unlocking) return m;
  if (s == S::blocked) return m(E::blocked);
  m(E::answered);
  if (s == S::registering) return m;
  m(E::registered);
  switch (s) {
  case S::idle:
    return m;
  case S::ringing:
    return m(E::ring);
  case S::answering:
    return m(E::ring)(E::accept);
  case S::dialling:
    return m(E::dial);
  case S::hanging_up:
    return m(E::ring)(E::reject);
  case S::recovering:
    return m(E::silent);
  case S::broken:
    m(E::silent);
    for (int i = 0; i < 100 && m.state() != S::broken; ++i)
      m.fsm.due() ? m.wait() : m(E::silent);
    return m;
  case S::stopped:
    return m(E::stop);
  default:
    break;
  }
  m(E::dial)(E::connected);
  if (s == S::connected) return m;
  m(E::hang_up);
  if (s == S::draining) return m;
  m(E::sent);
  if (s == S::dropping || s == S::guarding) return m;
  return m.wait();
}

} // namespace

TEST_CASE("Every state takes its events, leads where its row says, and ignores the others") {
  for (std::size_t s = 0; s < line_states; ++s) {
    for (std::size_t e = 0; e < line_events; ++e) {
      machine m = at(static_cast<S>(s));
      const auto& rule = rule_of(static_cast<S>(s));
      CAPTURE(rule.name);
      CAPTURE(e);
      REQUIRE(m.state() == static_cast<S>(s));
      const auto due = m.fsm.due();
      if (due) m.now = *due;
      m(static_cast<E>(e));
      CHECK((rule.next >> static_cast<unsigned>(m.state()) & 1) == 1);
      if (rule.events >> e & 1) continue;
      CHECK(m.last.actions.empty());
      CHECK(m.last.report.empty());
      CHECK(m.state() == static_cast<S>(s));
      CHECK(m.fsm.due() == due);
    }
  }
}

TEST_CASE("Stop ends every state, and gives the port back once") {
  for (std::size_t s = 0; s < line_states; ++s) {
    if (static_cast<S>(s) == S::stopped) continue;
    machine m = at(static_cast<S>(s));
    int released = 0;
    m(E::stop);
    for (int i = 0; i < 20; ++i) {
      released += m.did(A::release);
      if (m.state() == S::stopped) break;
      m.fsm.due() ? m.wait() : m(E::answered);
    }
    CAPTURE(rule_of(static_cast<S>(s)).name);
    CHECK(m.state() == S::stopped);
    CHECK(released == 1);
  }
}

TEST_CASE("A port that goes ends what was under way, from every state, and it begins again when it comes back") {
  for (std::size_t s = 1; s < line_states; ++s) {
    if (static_cast<S>(s) == S::stopped) continue;
    machine m = at(static_cast<S>(s));
    m(E::closed, "unplugged");
    CAPTURE(rule_of(static_cast<S>(s)).name);
    CHECK(m.state() == S::absent);
    CHECK(m.did(A::call_down) == (static_cast<S>(s) == S::connected || static_cast<S>(s) == S::draining));
    CHECK(m.did(A::call_failed) == (static_cast<S>(s) == S::dialling));
    m(E::opened);
    CHECK(m.state() == S::probing);
  }
}

TEST_CASE("Both speeds are tried twice before anything else is") {
  machine m;
  m(E::opened)(E::silent);
  CHECK(m.last.actions == actions{A::ask_alive});
  m(E::silent);
  CHECK(m.last.actions == actions{A::next_speed, A::ask_alive});
  m(E::silent)(E::silent);
  CHECK(m.state() == S::recovering);
}

TEST_CASE("A modem that does not answer is brought back step by step, each told") {
  machine m = idle();
  std::vector<std::string> told;
  std::vector<A> tried;
  m(E::silent);
  for (int i = 0; i < 30 && m.state() == S::recovering; ++i) {
    if (!m.last.report.empty()) told.push_back(m.last.report);
    for (const A a : m.last.actions)
      if (a != A::forget && a != A::ask_alive) tried.push_back(a);
    if (m.did(A::power))
      m(E::power_done);
    else
      m.fsm.due() ? m.wait() : m(E::silent);
  }
  CHECK(tried == actions{A::escape, A::hang_up, A::dtr_low, A::dtr_high, A::reset, A::power, A::reopen});
  CHECK(told == std::vector<std::string>{
                    "it does not answer any more; trying: escape", "it does not answer any more; trying: hang-up",
                    "it does not answer any more; trying: DTR", "it does not answer any more; trying: reset",
                    "it does not answer any more; trying: power",
                    "it does not answer any more; trying: reopening the port"});
  CHECK(m.state() == S::broken);
  CHECK(m.last.report.starts_with("out of order: it does not answer any more; everything was tried."));
  m.wait();
  CHECK(m.state() == S::recovering);
}

TEST_CASE("Each step of the ladder is the last one when the modem answers it") {
  for (std::size_t step = 0; step < rungs - 1; ++step) {
    machine m = idle();
    m(E::silent);
    while (m.fsm.trying() != static_cast<rung>(step))
      m.fsm.due() ? m.wait() : m(E::silent);
    for (int i = 0; i < 10 && m.state() == S::recovering; ++i)
      m.fsm.due() ? m.wait() : m(E::answered);
    CAPTURE(name_of(static_cast<rung>(step)));
    CHECK(m.state() == S::probing);
  }
}

TEST_CASE("What helped for a moment only is not tried again before the next step") {
  machine m = idle();
  m(E::silent).wait().wait()(E::answered); // the escape helped
  m(E::answered)(E::answered)(E::answered)(E::registered);
  REQUIRE(m.state() == S::idle);
  m(E::silent);
  CHECK(m.fsm.trying() == rung::hang_up);
  // Once it has answered a check, all begins anew.
  m = idle();
  m(E::silent).wait().wait()(E::answered)(E::answered)(E::answered)(E::answered)(E::registered);
  m.wait()(E::answered);
  m(E::silent);
  CHECK(m.fsm.trying() == rung::escape);
}

TEST_CASE("Pauses out of order grow, and end at ten minutes") {
  machine m = idle();
  m(E::silent);
  std::vector<long> pauses;
  for (int i = 0; i < 300 && pauses.size() < 7; ++i) {
    if (m.state() == S::broken)
      pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(*m.fsm.due() - m.now).count());
    m.fsm.due() ? m.wait() : m(E::silent);
  }
  CHECK(pauses == std::vector<long>{30, 60, 120, 240, 480, 600, 600});
}

TEST_CASE("A SIM that is not open is asked again after 2, 5, 10 and 30 s, then each minute, and anew after a boot") {
  machine m = at(S::unlocking);
  for (const auto pause : {2s, 5s, 10s, 30s, 60s, 60s}) {
    m(E::blocked, "the SIM is busy");
    CHECK(m.last.report == "SIM: the SIM is busy");
    CHECK(*m.fsm.due() - m.now == pause);
    CHECK(m.wait().did(A::unlock));
  }
  m(E::blocked)(E::restarted)(E::answered)(E::answered)(E::blocked);
  CHECK(*m.fsm.due() - m.now == 2s);
}

TEST_CASE("Hanging up drops DTR where that works, and escapes where not") {
  machine m = at(S::draining);
  m(E::sent);
  CHECK(m.did(A::call_down));
  CHECK(m.did(A::dtr_low));
  m.wait();
  CHECK(m.last.actions == actions{A::dtr_high});
  m.wait();
  CHECK(m.did(A::hang_up));
  CHECK(m(E::answered).state() == S::idle);

  m = at(S::guarding);
  CHECK_FALSE(m.did(A::dtr_low));
  m.wait();
  CHECK(m.last.actions == actions{A::escape});
  m.wait();
  CHECK(m.did(A::hang_up));
  CHECK(m(E::refused).state() == S::idle);
}

TEST_CASE("A caller who gives up before the answer leaves the modem idle") {
  machine m = at(S::ringing);
  m.now += 7s;
  m(E::ring);
  m.now += 7s;
  CHECK(m.state() == S::ringing);
  m.wait();
  CHECK(m.state() == S::idle);
}

TEST_CASE("Carrier loss ends the call at once") {
  machine m = at(S::connected);
  m(E::carrier_lost);
  CHECK(m.did(A::call_down));
  CHECK(m.last.end == call_end::carrier_lost);
  CHECK(m(E::answered).state() == S::idle);
}
