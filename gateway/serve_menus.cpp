#include "gateway/serve_menus.h"

#include "gateway/authoring/elections.h"
#include "gateway/exports/views.h"
#include "gateway/menu_files.h"
#include "gateway/share.h"
#include "storage/import.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <optional>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;

template <class T> T need(boost::system::result<T> got, const fs::path& database) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", database.string(), got.error().message()));
  return std::move(*got);
}

// A file whose menu is not in service is put there; of any other, the database says which version serves.
void offer(const fs::path& file, const config& c, const storage::election& e) {
  const auto loaded = load_menu(file);
  const auto proof = prove(loaded, e, c.operator_total_s, c.answer_takes_s);
  if (!proof.good()) throw std::runtime_error(told(proof.problems) + file.string() + " cannot be served as it is");
  const auto live = need(storage::live_menus(c.database), c.database);
  for (const auto& v : live) {
    if (v.menu != loaded.menu->name) continue;
    if (v.digest != digest_of(loaded))
      spdlog::warn("{} differs from version {} of '{}', which is in service; to use it: tallyline menu publish {}",
                   file.string(), v.number, v.menu, file.string());
    return;
  }
  if (const auto other = same_code(live, *loaded.menu); !other.empty())
    throw std::runtime_error(fmt::format("{}: {} is answered by the menu '{}' already; give it another 'dial:', or: "
                                         "tallyline menu retire {}",
                                         file.string(), loaded.menu->dial, other, other));
  const auto done =
      need(storage::publish_menu(c.database, version_of(loaded, "serve", "given at the start")), c.database);
  if (done.version.state == storage::menu_state::proposed)
    spdlog::warn("'{}' waits for a person's approval: tallyline menu approve {}", done.version.menu, done.version.menu);
}

live_menu with_engine(live_menu m, const election_world& world) {
  m.engine = std::make_unique<menus::engine>(*m.script, world);
  return m;
}

constexpr std::size_t most_earlier = 8;

// The versions before the one in service: a draft that fits no later one goes on there.
void add_earlier(std::vector<live_menu>& menus, const storage::menu_version& live, const config& c,
                 const election_world& world) {
  auto all = need(storage::menu_versions(c.database, live.menu), c.database);
  std::erase_if(all, [](const auto& v) { return v.state != storage::menu_state::earlier; });
  const std::size_t first = all.size() > most_earlier ? all.size() - most_earlier : 0;
  for (std::size_t i = first; i < all.size(); ++i) {
    if (!load_bundle(all[i].bundle)) continue; // an old one that this program no longer reads serves nobody
    menus.push_back(with_engine(live_menu_of(all[i]), world));
    menus.back().in_service = false;
  }
}

storage::menu_policy policy_of(const publishing_settings& p, const election_world& world) {
  storage::menu_policy out;
  out.approval = p.approval;
  const auto& clock = world.clock();
  const std::int64_t day = world.number({menus::noun::election, 0}, menus::attribute::date);
  if (p.freeze_polling_day) {
    if (day == 0) throw std::runtime_error("freeze: polling_day wants the election's date, in election.csv");
    out.freeze_from_ms = clock.unix_ms_of(day * menus::minutes_of_day);
    out.freeze_until_ms = clock.unix_ms_of((day + 1) * menus::minutes_of_day + menus::minutes_of_day / 2);
  } else if (!p.freeze_from.empty()) {
    out.freeze_from_ms = clock.unix_ms_of(*local_minutes(p.freeze_from, day));
    out.freeze_until_ms = clock.unix_ms_of(*local_minutes(p.freeze_until, day));
  }
  return out;
}

} // namespace

std::vector<live_menu> open_menus(const config& c, const election_world& world) {
  // A database of an earlier version is brought up to date before anything is read from it.
  if (auto upgraded = storage::upgrade(c.database); !upgraded)
    throw std::runtime_error(fmt::format("{}: {}", c.database.string(), upgraded.error().message()));
  if (c.publishing.given)
    need(storage::set_menu_policy(c.database, policy_of(c.publishing, world), "the configuration", now_ms()),
         c.database);
  need(storage::switch_due_menus(c.database, now_ms()), c.database);
  for (const auto& file : c.menus)
    offer(file, c, world.election());
  // The menu that ships is for a database that has none, never beside those somebody chose.
  if (c.menus.empty() && need(storage::live_menus(c.database), c.database).empty())
    offer(shared_file("menus/scripts/polling.yaml"), c, world.election());
  std::vector<live_menu> menus;
  for (const auto& v : need(storage::live_menus(c.database), c.database)) {
    add_earlier(menus, v, c, world);
    menus.push_back(with_engine(live_menu_of(v), world));
  }
  if (menus.empty())
    throw std::runtime_error(c.database.string() + ": no menu is in service yet; see: tallyline menu versions");
  refresh_views(c.database);
  return menus;
}

namespace {

struct seen {
  std::vector<live_menu> fresh;     // in service, and not known so far
  std::vector<std::string> names;   // of all in service
  std::optional<std::int64_t> next; // when the next one's time comes, UTC ms
  std::string failed;               // why nothing is to be changed
};

using known_menus = std::vector<std::pair<std::string, std::int64_t>>;

// All are read before one is switched, so that one that cannot be read leaves everything as it was.
seen read_menus(const fs::path& database, const known_menus& known) {
  seen s;
  try {
    const auto waiting = need(storage::scheduled_menus(database), database);
    const auto now = now_ms();
    if (!waiting.empty() && waiting.front().from_ms <= now) need(storage::switch_due_menus(database, now), database);
    for (const auto& v : waiting)
      if (v.from_ms > now && !s.next) s.next = v.from_ms;
    for (const auto& v : need(storage::live_menus(database), database)) {
      s.names.push_back(v.menu);
      if (std::find(known.begin(), known.end(), std::pair(v.menu, v.number)) == known.end())
        s.fresh.push_back(live_menu_of(v));
    }
  } catch (const std::exception& e) {
    s.failed = e.what();
  }
  return s;
}

constexpr std::chrono::seconds after_failure{5};

} // namespace

struct menu_switch::state : std::enable_shared_from_this<menu_switch::state> {
  state(boost::asio::io_context& context, fs::path d, const election_world& w, intake& i,
        const std::vector<live_menu>& m)
      : io(context), timer(context), database(std::move(d)), world(w), desk(i), menus(m) {}

  void look(control_link::reply told, boost::asio::thread_pool& on) {
    if (told) asking.push_back(std::move(told));
    again = true;
    if (!reading) begin(on);
  }

  void begin(boost::asio::thread_pool& on) {
    reading = true;
    again = false;
    known_menus known;
    for (const auto& m : menus)
      if (m.in_service) known.emplace_back(m.script->name, m.number);
    const auto answered = std::make_shared<std::vector<control_link::reply>>(std::exchange(asking, {}));
    boost::asio::post(on, [self = shared_from_this(), known = std::move(known), answered, &on] {
      const auto found = std::make_shared<seen>(read_menus(self->database, known));
      boost::asio::post(self->io, [self, found, answered, &on] {
        if (self->stopped) return;
        self->take(*found, on);
        for (const auto& told : *answered)
          told(self->answer(*found));
        self->reading = false;
        if (self->again) self->begin(on);
      });
    });
  }

  void take(seen& found, boost::asio::thread_pool& on) {
    if (!found.failed.empty()) {
      spdlog::error("menus: {}", found.failed);
      return wake(std::chrono::system_clock::now() + after_failure, on);
    }
    for (const auto& m : menus) {
      if (!m.in_service || std::find(found.names.begin(), found.names.end(), m.script->name) != found.names.end())
        continue;
      spdlog::info("menu '{}' is out of service", m.script->name);
      desk.take_out_of_service(m.script->name);
    }
    for (auto& m : found.fresh) {
      spdlog::info("menu '{}': version {} is in service", m.script->name, m.number);
      desk.put_into_service(with_engine(std::move(m), world));
    }
    if (found.next)
      wake(std::chrono::system_clock::time_point(std::chrono::milliseconds(*found.next)), on);
    else
      timer.cancel();
  }

  void wake(std::chrono::system_clock::time_point at, boost::asio::thread_pool& on) {
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this(), &on](boost::system::error_code cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled && !self->stopped) self->look({}, on);
    });
  }

  control_link::answer answer(const seen& found) const {
    if (!found.failed.empty())
      return {false, fmt::format("it was not taken, and what was in service still is: {}", found.failed)};
    return {true, fmt::format("taken; {} sessions finish on the earlier one", desk.sessions_on_earlier())};
  }

  boost::asio::io_context& io;
  boost::asio::system_timer timer;
  const fs::path database;
  const election_world& world;
  intake& desk;
  const std::vector<live_menu>& menus;
  std::vector<control_link::reply> asking;
  bool reading = false, again = false, stopped = false;
};

menu_switch::menu_switch(boost::asio::io_context& io, fs::path database, const election_world& world, intake& desk,
                         const std::vector<live_menu>& menus)
    : state_(std::make_shared<state>(io, std::move(database), world, desk, menus)) {}

menu_switch::~menu_switch() {
  stop();
  reading_.join();
}

void menu_switch::look(control_link::reply told) { state_->look(std::move(told), reading_); }

void menu_switch::stop() {
  state_->stopped = true;
  state_->timer.cancel();
}

} // namespace tallyline::gateway
