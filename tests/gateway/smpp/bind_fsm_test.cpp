#include "gateway/smpp/bind_fsm.h"

#include <doctest/doctest.h>
#include <vector>

using namespace tallyline::smpp;
using namespace std::chrono_literals;

namespace {

using S = bind_state;
using E = bind_event;
using A = bind_action;

// A machine with its clock, and what its last step said.
struct machine {
  bind_fsm fsm;
  bind_fsm::clock::time_point now{1000h};
  bind_fsm::outcome last;

  explicit machine(bind_timing timing = {}, std::uint64_t seed = 1) : fsm(timing, seed) {}

  std::vector<A> step(E e, status s = status::ok, std::string_view why = "connection lost") {
    last = fsm.step({e, s, why}, now);
    return {last.list().begin(), last.list().end()};
  }
  // Lets time pass up to what the machine waits for.
  std::vector<A> wait() {
    REQUIRE(fsm.due().has_value());
    now = *fsm.due();
    return step(E::timer);
  }
  // Connects, binds, and breaks after so long.
  void lasts(bind_fsm::clock::duration up) {
    step(E::connected);
    step(E::bind_response);
    now += up;
    step(E::broken);
  }
  bind_fsm::clock::duration remaining() const { return *fsm.due() - now; }
  S state() const { return fsm.state(); }
};

machine at(S state, bind_timing timing = {}) {
  machine m(timing);
  if (state == S::closed) return m;
  m.step(E::start);
  if (state == S::connecting) return m;
  if (state == S::waiting) {
    m.step(E::connect_failed);
    return m;
  }
  m.step(E::connected);
  if (state == S::binding) return m;
  m.step(E::bind_response);
  if (state == S::unbinding) m.step(E::stop);
  return m;
}

// Connecting, after so many failures that it waits longest.
machine often_failed() {
  machine m = at(S::connecting);
  for (int i = 0; i < 10; ++i) {
    m.step(E::connect_failed);
    m.wait();
  }
  return m;
}

S state_at(std::size_t n) { return static_cast<S>(n); }
E event_at(std::size_t n) { return static_cast<E>(n); }

using actions = std::vector<A>;

} // namespace

TEST_CASE("EveryStateTakesItsEventsAndIgnoresTheOthers") {
  for (std::size_t s = 0; s < bind_states; ++s) {
    for (std::size_t e = 0; e < bind_events; ++e) {
      machine m = at(state_at(s));
      REQUIRE(m.state() == state_at(s));
      if (m.fsm.due()) m.now = *m.fsm.due();
      const auto due = m.fsm.due();
      const bind_rule& rule = rule_of(m.state());
      CAPTURE(rule.name);
      CAPTURE(e);
      const auto did = m.step(event_at(e));
      CHECK((rule.next >> static_cast<unsigned>(m.state()) & 1) == 1);
      if (rule.events >> e & 1) continue;
      CHECK(did.empty());
      CHECK(m.state() == state_at(s));
      CHECK(m.fsm.due() == due);
      CHECK_FALSE(m.last.bound.has_value());
    }
  }
}

TEST_CASE("EveryStateButClosedHasATimeLimit") {
  for (std::size_t s = 0; s < bind_states; ++s)
    CHECK(at(state_at(s)).fsm.due().has_value() == (state_at(s) != S::closed));
}

TEST_CASE("ATimerThatComesEarlyIsIgnored") {
  for (std::size_t s = 0; s < bind_states; ++s) {
    machine m = at(state_at(s));
    CHECK(m.step(E::timer).empty());
    CHECK(m.state() == state_at(s));
  }
}

TEST_CASE("ALinkConnectsBindsUnbindsAndStops") {
  machine m;
  CHECK(m.step(E::start) == actions{A::connect});
  CHECK(m.step(E::connected) == actions{A::send_bind});
  CHECK(m.step(E::bind_response).empty());
  CHECK(m.last.bound == true);
  CHECK(m.step(E::stop) == actions{A::send_unbind});
  CHECK(m.state() == S::unbinding);
  CHECK(m.step(E::unbind_response) == actions{A::close, A::stopped});
  CHECK(m.last.bound == false);
  CHECK(m.last.why == "stopped");
  CHECK(m.state() == S::closed);
  CHECK(m.step(E::start) == actions{A::connect});
}

// The script above, with the connection lost, or the link stopped, after each of its steps.
TEST_CASE("AFailureAtEachStepLeadsBackToABind") {
  for (const S state : {S::connecting, S::binding, S::bound}) {
    machine m = at(state);
    CHECK(m.step(E::broken, status::ok, "connection lost: reset") == actions{A::close});
    CHECK(m.last.bound == false);
    CHECK(m.last.why == "connection lost: reset");
    CHECK(m.wait() == actions{A::connect});
    CHECK(m.step(E::connected) == actions{A::send_bind});
    m.step(E::bind_response);
    CHECK(m.state() == S::bound);
  }
}

TEST_CASE("AStopAtEachStepEndsClosedAndSaysSoOnce") {
  CHECK(at(S::closed).step(E::stop) == actions{A::stopped});
  CHECK(at(S::connecting).step(E::stop) == actions{A::close, A::stopped});
  CHECK(at(S::binding).step(E::stop) == actions{A::close, A::stopped});
  CHECK(at(S::bound).step(E::stop) == actions{A::send_unbind});
  CHECK(at(S::unbinding).step(E::stop).empty());
  CHECK(at(S::waiting).step(E::stop) == actions{A::stopped});
}

TEST_CASE("AConnectThatHangsIsGivenUp") {
  machine m = at(S::connecting);
  CHECK(m.remaining() == 10s);
  CHECK(m.wait() == actions{A::close});
  CHECK(m.last.why == "no connection within 10 s");
}

TEST_CASE("ABindWithoutAnswerIsGivenUp") {
  machine m = at(S::binding);
  CHECK(m.wait() == actions{A::close});
  CHECK(m.last.why == "the SMSC did not answer the bind within 10 s");
}

TEST_CASE("AnUnbindWithoutAnswerStopsAllTheSame") {
  machine m = at(S::unbinding);
  CHECK(m.remaining() == 10s);
  CHECK(m.wait() == actions{A::close, A::stopped});
  CHECK(m.last.why == "stopped; the SMSC did not answer the unbind");
}

TEST_CASE("AConnectionLostWhileUnbindingStopsTheLink") {
  machine m = at(S::unbinding);
  CHECK(m.step(E::broken) == actions{A::close, A::stopped});
  CHECK(m.state() == S::closed);
}

TEST_CASE("BothSidesUnbindingAtOnceIsAnsweredAndStops") {
  machine m = at(S::unbinding);
  CHECK(m.step(E::unbind) == actions{A::send_unbind_response, A::close, A::stopped});
}

TEST_CASE("AnUnbindFromTheSmscIsAnsweredAndWeComeBack") {
  machine m = at(S::bound);
  CHECK(m.step(E::unbind) == actions{A::send_unbind_response, A::close});
  CHECK(m.last.why == "the SMSC unbound");
  CHECK(m.wait() == actions{A::connect});
}

TEST_CASE("AnEnquireLinkIsAnsweredInEveryStateThatHasAPeer") {
  for (const S state : {S::binding, S::bound, S::unbinding}) {
    machine m = at(state);
    CHECK(m.step(E::enquire_link) == actions{A::send_enquire_link_response});
    CHECK(m.state() == state);
  }
}

TEST_CASE("ASilentLinkIsAskedAndStaysWhenItAnswers") {
  machine m = at(S::bound);
  for (int i = 0; i < 5; ++i) {
    CHECK(m.remaining() == (i == 0 ? 30s : 21s)); // 30 s after the answer, which came 9 s ago
    CHECK(m.wait() == actions{A::send_enquire_link});
    m.now += 1s;
    CHECK(m.step(E::enquire_link_response).empty());
    CHECK(m.wait().empty()); // the response's time is over: it came
  }
  CHECK(m.state() == S::bound);
}

TEST_CASE("AnUnansweredEnquireLinkMeansTheLinkIsDead") {
  machine m = at(S::bound);
  CHECK(m.wait() == actions{A::send_enquire_link});
  CHECK(m.remaining() == 10s);
  CHECK(m.wait() == actions{A::close});
  CHECK(m.last.why == "the SMSC did not answer enquire_link within 10 s");
  CHECK(m.wait() == actions{A::connect});
}

TEST_CASE("ABusyLinkIsNotAsked") {
  machine m = at(S::bound);
  for (int i = 0; i < 1000; ++i) {
    m.now += 1s;
    if (m.now >= *m.fsm.due()) CHECK(m.step(E::timer).empty());
    CHECK(m.step(E::traffic).empty());
  }
  CHECK(m.state() == S::bound);
}

TEST_CASE("TrafficAfterTheQuestionShowsThatTheLinkLives") {
  machine m = at(S::bound, {.enquire_link_s = 2, .response_s = 10});
  CHECK(m.wait() == actions{A::send_enquire_link});
  m.now += 1s;
  m.step(E::traffic);
  CHECK(m.wait() == actions{A::send_enquire_link}); // silent since; asked anew rather than given up
  CHECK(m.state() == S::bound);
}

TEST_CASE("EnquireLinkCanBeSwitchedOff") { CHECK_FALSE(at(S::bound, {.enquire_link_s = 0}).fsm.due().has_value()); }

TEST_CASE("ABindRefusedForItsPasswordSaysWhatToCheckAndWaitsLongest") {
  machine m = at(S::binding);
  CHECK(m.step(E::bind_response, status::invalid_password) == actions{A::close});
  CHECK(m.last.bound == false);
  CHECK(m.last.why == "SMSC refused the bind: ESME_RINVPASWD (invalid password); check smsc.password");
  CHECK(m.remaining() == 30s);
  CHECK(m.wait() == actions{A::connect});
  m.step(E::connected);
  m.step(E::bind_response, status::invalid_system_id);
  CHECK(m.last.why == "SMSC refused the bind: ESME_RINVSYSID (invalid system id); check smsc.system_id");
  CHECK(m.remaining() == 30s);
}

TEST_CASE("ABindRefusedForAPassingReasonIsTriedAgainSoon") {
  machine m = at(S::binding);
  m.step(E::bind_response, status::already_bound);
  CHECK(m.last.why == "SMSC refused the bind: ESME_RALYBND (already bound)");
  CHECK(m.remaining() <= 250ms);
  m.wait();
  m.step(E::connected);
  m.step(E::bind_response, static_cast<status>(0x451));
  CHECK(m.last.why == "SMSC refused the bind: 0x00000451 (the operator's own)");
}

TEST_CASE("TheDelayGrowsToItsLimitAndIsJittered") {
  machine m = at(S::connecting);
  for (unsigned full = 250; full < 60000; full *= 2) {
    m.step(E::connect_failed);
    const auto limit = std::chrono::milliseconds(std::min(full, 30000U));
    CHECK(m.remaining() <= limit);
    CHECK(m.remaining() >= limit / 2);
    m.wait();
  }
  for (int i = 0; i < 100; ++i) {
    m.step(E::connect_failed);
    CHECK(m.remaining() <= 30s);
    CHECK(m.remaining() >= 15s);
    m.wait();
  }
}

TEST_CASE("TwoSeedsDelayDifferentlyAndOneSeedTheSame") {
  const auto delays = [](std::uint64_t seed) {
    machine m({}, seed);
    std::vector<bind_fsm::clock::duration> all;
    m.step(E::start);
    for (int i = 0; i < 8; ++i) {
      m.step(E::connect_failed);
      all.push_back(m.remaining());
      m.wait();
    }
    return all;
  };
  CHECK(delays(1) == delays(1));
  CHECK(delays(1) != delays(2));
}

TEST_CASE("OnlyABindThatLastedStartsFromTheShortestDelayAgain") {
  machine m = often_failed();
  m.lasts(59s);
  CHECK(m.remaining() >= 15s); // flapping goes on growing
  m.wait();
  m.lasts(60s);
  CHECK(m.remaining() <= 250ms);
}

TEST_CASE("ABindThatBreaksAllTheTimeIsNotKeptAwayLongerThanItLasted") {
  machine m = often_failed();
  for (const auto lasted : {8s, 3s, 1s, 2s, 20s}) {
    m.lasts(lasted);
    CHECK(m.remaining() <= lasted);
    m.wait();
  }
  // One that breaks at once is one that does not come up: that goes on growing.
  for (int i = 0; i < 10; ++i) {
    m.lasts(900ms);
    m.wait();
  }
  m.lasts(900ms);
  CHECK(m.remaining() >= 15s);
}
