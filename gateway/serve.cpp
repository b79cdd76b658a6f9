#include "gateway/serve.h"

#include "gateway/authoring/elections.h"
#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/share.h"
#include "storage/import.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <optional>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::shared_ptr<const storage::election> open_election(const config& c) {
  auto loaded = storage::load_election(c.database);
  if (!loaded) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), loaded.error().message()));
  return std::make_shared<const storage::election>(std::move(*loaded));
}

storage::pin_key open_key(const config& c) {
  auto key = storage::pin_key::open(c.database);
  if (!key) throw std::runtime_error(fmt::format("{}.key: {}", c.database.string(), key.error().message()));
  return *key;
}

std::vector<storage::menu_version> versions_in_service(const std::filesystem::path& database) {
  auto live = storage::live_menus(database);
  if (!live) throw std::runtime_error(fmt::format("{}: {}", database.string(), live.error().message()));
  return std::move(*live);
}

// A file whose menu is not in service is put there; of any other, the database says which version serves.
void offer(const std::filesystem::path& file, const config& c, const storage::election& e) {
  const auto loaded = load_menu(file);
  const auto proof = prove(loaded, e, c.operator_total_s, c.answer_takes_s);
  if (!proof.good()) throw std::runtime_error(told(proof.problems) + file.string() + " cannot be served as it is");
  const auto live = versions_in_service(c.database);
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
  const auto done = storage::publish_menu(c.database, version_of(loaded, "serve", "given at the start"));
  if (!done) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), done.error().message()));
}

live_menu with_engine(live_menu m, const election_world& world) {
  m.engine = std::make_unique<menus::engine>(*m.script, world);
  return m;
}

constexpr std::size_t most_earlier = 8;

// The versions before the one in service: a draft that fits no later one goes on there.
void add_earlier(std::vector<live_menu>& menus, const storage::menu_version& live, const config& c,
                 const election_world& world) {
  const auto all = storage::menu_versions(c.database, live.menu);
  if (!all) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), all.error().message()));
  const std::size_t first = all->size() > most_earlier ? all->size() - most_earlier : 0;
  for (std::size_t i = first; i < all->size(); ++i) {
    const auto& v = (*all)[i];
    if (v.live || !load_bundle(v.bundle)) continue; // an old one that this program no longer reads serves nobody
    menus.push_back(with_engine(live_menu_of(v), world));
    menus.back().in_service = false;
  }
}

std::vector<live_menu> open_menus(const config& c, const election_world& world) {
  // A database of an earlier version is brought up to date before anything is read from it.
  if (auto upgraded = storage::upgrade(c.database); !upgraded)
    throw std::runtime_error(fmt::format("{}: {}", c.database.string(), upgraded.error().message()));
  for (const auto& file : c.menus)
    offer(file, c, world.election());
  // The menu that ships is for a database that has none, never beside those somebody chose.
  if (c.menus.empty() && versions_in_service(c.database).empty())
    offer(shared_file("menus/scripts/polling.yaml"), c, world.election());
  std::vector<live_menu> menus;
  for (const auto& v : versions_in_service(c.database)) {
    add_earlier(menus, v, c, world);
    menus.push_back(with_engine(live_menu_of(v), world));
  }
  return menus;
}

} // namespace

struct service::impl {
  impl(boost::asio::io_context& context, const config& c)
      : io(context), election(open_election(c)), key(open_key(c)), world(*election), menus(open_menus(c, world)),
        store(open_store(c)), pins(*election, key, *store, c.pins), bearer(smpp::standard_dialect),
        desk(menus, world, *store, pins, bearer, page_limit, c.sessions), link(context, c.smsc, handlers()),
        expiry(context), database(c.database) {
    open_control();
    bearer.deliver_to([this](const inbound& in) { desk.take(in); });
    bearer.add(link);
    for (const auto& d : store->open_drafts())
      desk.draft_found(d.slot, d.msisdn, d.menu);
    desk.drafts_known();
    for (const auto& l : store->languages())
      desk.language_chosen(l.msisdn, l.language);
  }

  std::unique_ptr<storage::store_worker> open_store(const config& c) {
    storage::store_options o;
    o.database = c.database;
    o.roster = election;
    o.post = [this](std::function<void()> f) { boost::asio::post(io, std::move(f)); };
    o.group_end = [this] { bearer.flush(); };
    auto opened = storage::store_worker::open(std::move(o));
    if (!opened) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), opened.error().message()));
    return std::move(*opened);
  }

  smpp::smpp_link::handlers handlers() {
    smpp::smpp_link::handlers h;
    h.message_in = [this](const smpp::message& m) { bearer.message_in(0, m); };
    h.batch_end = [this] { watch_expiry(); };
    h.submit_done = [this](std::uint64_t token, smpp::status s) { bearer.submit_done(0, token, s); };
    h.state = [](bool bound, const std::string& why) {
      if (bound)
        spdlog::info("bound to the SMSC");
      else if (why == "stopped")
        spdlog::info("unbound from the SMSC");
      else
        spdlog::warn("not bound to the SMSC: {}", why);
    };
    return h;
  }

  // Without it menus can still be published: the next start takes them.
  void open_control() {
    try {
      control.emplace(io, database, [this](const std::string& line) { return obey(line); });
    } catch (const std::exception& e) {
      spdlog::warn("no commands are taken while this gateway runs: {}", e.what());
    }
  }

  // From another program on this machine.
  control_link::answer obey(const std::string& line) {
    if (line == "status")
      return {true,
              fmt::format("{} sessions open, {} on earlier menus", desk.open_sessions(), desk.sessions_on_earlier())};
    if (line != "menus") return {false, "not understood; there are: menus, status"};
    try {
      follow(versions_in_service(database));
    } catch (const std::exception& e) {
      spdlog::error("menus: {}", e.what());
      return {false, fmt::format("it was not taken, and what was in service still is: {}", e.what())};
    }
    return {true, fmt::format("taken; {} sessions finish on the earlier one", desk.sessions_on_earlier())};
  }

  // All are read before one is switched, so that one that cannot be read leaves everything as it was.
  void follow(const std::vector<storage::menu_version>& live) {
    std::vector<live_menu> fresh;
    for (const auto& v : live) {
      const auto same = [&](const live_menu& m) {
        return m.in_service && m.script->name == v.menu && m.number == v.number;
      };
      if (std::none_of(menus.begin(), menus.end(), same)) fresh.push_back(with_engine(live_menu_of(v), world));
    }
    for (const auto& m : menus) {
      const auto still = [&](const auto& v) { return v.menu == m.script->name; };
      if (!m.in_service || std::any_of(live.begin(), live.end(), still)) continue;
      spdlog::info("menu '{}' is out of service", m.script->name);
      desk.take_out_of_service(m.script->name);
    }
    for (auto& m : fresh) {
      spdlog::info("menu '{}': version {} is in service", m.script->name, m.number);
      desk.put_into_service(std::move(m));
    }
  }

  // One timer for all sessions, set to the one that has waited longest; none while none is open.
  void watch_expiry() {
    const auto next = desk.next_expiry();
    if (!next || watching) return;
    watching = true;
    expiry.expires_at(*next);
    expiry.async_wait([this](boost::system::error_code failed) {
      if (failed) return; // stopping
      watching = false;
      desk.expire();
      watch_expiry();
    });
  }

  boost::asio::io_context& io;
  std::shared_ptr<const storage::election> election;
  storage::pin_key key;
  election_world world;
  std::vector<live_menu> menus;
  std::unique_ptr<storage::store_worker> store;
  pin_guard pins;
  ussd_bearer bearer;
  ussd_page page_limit;
  intake desk;
  smpp::smpp_link link;
  boost::asio::steady_timer expiry;
  std::filesystem::path database;
  std::optional<control_link> control;
  bool watching = false;
};

service::service(boost::asio::io_context& io, const config& c) : impl_(std::make_unique<impl>(io, c)) {}
service::~service() = default;

void service::start() { impl_->link.start(); }

void service::stop(std::function<void()> done) {
  impl_->expiry.cancel();
  impl_->link.stop([this, done = std::move(done)] {
    impl_->store->stop();
    // The completions of the last group are posted by now; what follows them runs after them.
    boost::asio::post(impl_->io, done);
  });
}

const intake& service::desk() const { return impl_->desk; }
const storage::store_counters& service::store_counters() const { return impl_->store->counters(); }
const smpp::link_counters& service::link_counters() const { return impl_->link.counters(); }

std::string service::summary() const {
  const intake_counters& c = impl_->desk.counters();
  return fmt::format(
      "{} sessions, {} turns, {} records ({} repeated, {} corrections, {} for review), {} resumed, {} wrong PINs, "
      "{} strangers, {} lost sessions, {} store errors",
      c.sessions, c.turns, c.records, c.duplicates, c.corrections, c.reviews, c.resumed, c.wrong_pins, c.strangers,
      c.lost_sessions, c.store_errors);
}

} // namespace tallyline::gateway
