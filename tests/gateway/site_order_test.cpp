// Batches of the report link keep the order in which they came, also while an earlier one still looks back.
#include "tests/gateway/site_kit.h"
#include "tests/support/memory_store.h"

using namespace tallyline;
using test::site_night;

namespace {

// A turnout that looks back at the hour before, and a note.
constexpr const char* menu = R"(
menu: night
dial: "*1#"
languages: [en]
who: presiding_officer
start: home
screens:
  home:
    text: Hi
    choices:
      - {label: Turnout, form: turnout}
      - {label: Note, form: note}
forms:
  turnout:
    one_per: [station, hour]
    reason: "Why?"
    ask:
      - {name: hour, time: , text: "Hour?"}
      - {name: present, number: {min: 0}, default: "earlier(turnout, time('12:00')).present", text: "Voters?"}
  note:
    one_per: [station]
    ask:
      - {name: trouble, number: {min: 0}, text: "How much?"}
)";

// A site's folder, and a call of it that has said all it has to say.
struct calling {
  calling(site_night& n, const char* folder) : where(n.folder / folder) {
    gateway::site_queue::enrol(where, n.key);
    desk = std::make_unique<gateway::site_desk>(where);
  }
  void add(const std::string& form, const std::string& station, std::vector<std::pair<std::string, std::string>> a) {
    gateway::queued_report r;
    r.form = "night." + form, r.scope = station, r.answers = std::move(a);
    desk->queue().add(r);
  }
  void say(gateway::link_bearer& to) {
    gateway::link_line line;
    line.send = [this](const std::string& s) { down += s; };
    line.wake_at = [](auto) {};
    line.hang_up = [] {};
    call = desk->begin_call({});
    far = to.take({}, "test", line);
    far->heard(call->begin({}).send);
  }
  void hear() {
    for (const auto& e : call->step(std::exchange(down, {}), {}).events)
      desk->take(e);
  }
  std::filesystem::path where;
  std::unique_ptr<gateway::site_desk> desk;
  std::unique_ptr<modem::link::site_call> call;
  std::shared_ptr<gateway::link_call> far;
  std::string down;
};

} // namespace

TEST_CASE("A later batch does not overtake an earlier one that still looks back, and each gets its own answer") {
  site_night n(menu);
  calling first(n, "one"), second(n, "two");
  n.call(*first.desk); // the forms
  second.desk->queue().set("last_call", "5");
  n.call(*second.desk);
  storage::memory_store store;
  gateway::link_bearer bearer(n.database, *n.world, n.menus, store);
  first.add("turnout", "01001", {{"hour", "12:00"}, {"present", "5"}});
  first.add("turnout", "01002", {{"hour", "12:00"}, {"present", "6"}});
  second.add("note", "01001", {{"trouble", "7"}});
  first.say(bearer);
  CHECK(store.asked == std::vector<std::string>{"load_past 01001"});
  second.say(bearer); // it looks back at less, and could go sooner
  CHECK(store.asked.size() == 1);
  store.complete_all();
  CHECK(store.asked == std::vector<std::string>{"load_past 01001", "load_past 01002", "submit_site S1 2",
                                                "load_past 01001", "submit_site S1 1"});
  first.hear(), second.hear();
  CHECK(first.desk->outcome().answered == 2);
  CHECK(second.desk->outcome().answered == 1);
}

TEST_CASE("A batch whose past cannot be read keeps its records with the site, and the next one goes on") {
  site_night n(menu);
  calling first(n, "one"), second(n, "two");
  n.call(*first.desk);
  second.desk->queue().set("last_call", "5");
  n.call(*second.desk);
  storage::memory_store store;
  gateway::link_bearer bearer(n.database, *n.world, n.menus, store);
  first.add("turnout", "01001", {{"hour", "12:00"}, {"present", "5"}});
  second.add("note", "01001", {{"trouble", "7"}});
  store.failure = make_error_code(storage::errc::io);
  first.say(bearer);
  store.failure = {};
  second.say(bearer);
  store.complete_all();
  first.hear(), second.hear();
  CHECK(first.desk->outcome().answered == 0);
  CHECK(first.desk->queue().waiting(9).size() == 1);
  CHECK(second.desk->outcome().answered == 1);
}
