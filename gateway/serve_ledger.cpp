#include "gateway/serve_ledger.h"

#include "gateway/intake.h"
#include "storage/settings.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

std::int64_t now_ms() { return intake_clock().unix_ms(); }

storage::head_signer open_signer(const config& c) {
  auto signer = storage::head_signer::open(c.database);
  if (!signer) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), signer.error().message()));
  return std::move(*signer);
}

// What decides how reports come in; no passwords, no addresses of this machine.
void note(const config& c) {
  std::vector<std::pair<std::string, std::string>> kept;
  const auto add = [&](const char* name, auto value) { kept.emplace_back(name, fmt::to_string(value)); };
  add("version", TALLYLINE_VERSION);
  add("session.idle_s", c.sessions.idle.count());
  add("pin.tries", c.pins.tries);
  add("pin.lock_minutes", c.pins.lock_ms / 60'000);
  add("ledger.head_every_s", c.head_every_s);
  add("disk.warn_mb", c.disk.warn_mb);
  add("disk.stop_mb", c.disk.stop_mb);
  for (const auto& s : c.smscs)
    add("smsc", fmt::format("{} {}:{} as {}, {}", s.name, s.link.host, s.link.port, s.link.system_id, s.dialect));
  const storage::canonical::named_texts values(kept.begin(), kept.end());
  if (const auto noted = storage::note_settings(c.database, values, "serve", now_ms()); !noted)
    throw std::runtime_error(fmt::format("{}: {}", c.database.string(), noted.error().message()));
}

} // namespace

disk_room room_for(std::uint64_t free_bytes, const disk_settings& s) {
  const auto mb = free_bytes / mebibyte;
  return mb < s.stop_mb ? disk_room::none : mb < s.warn_mb ? disk_room::low : disk_room::enough;
}

std::string_view told_of(disk_room room) {
  return room == disk_room::enough ? ""
         : room == disk_room::low  ? ", the disk is short of room"
                                   : ", no report is begun: the disk has no room";
}

struct ledger_keeper::state : std::enable_shared_from_this<ledger_keeper::state> {
  state(boost::asio::io_context& context, const config& c)
      : io(context), timer(context), database(c.database), disk(c.disk), every(c.head_every_s), signer(open_signer(c)) {
    note(c);
  }

  struct seen {
    boost::system::result<std::optional<storage::signed_head>> head;
    std::uint64_t free = 0;
  };

  void look(boost::asio::thread_pool& on) {
    boost::asio::post(on, [self = shared_from_this(), &on] {
      const auto got =
          std::make_shared<seen>(seen{self->signer.sign(now_ms()), storage::space_of(self->database).free});
      boost::asio::post(self->io, [self, got, &on] {
        if (self->stopped) return;
        self->take(*got);
        self->wait(on);
      });
    });
  }

  void wait(boost::asio::thread_pool& on) {
    timer.expires_after(std::chrono::seconds(every));
    timer.async_wait([weak = weak_from_this(), &on](boost::system::error_code cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled && !self->stopped) self->look(on);
    });
  }

  void take(const seen& got) {
    signed_one(got.head);
    figures.disk_free_mb = got.free / mebibyte;
    const auto room = room_for(got.free, disk);
    if (room == figures.room) return;
    figures.room = room;
    if (room == disk_room::enough) spdlog::info("disk: {} MiB free again", figures.disk_free_mb);
    if (room == disk_room::low)
      spdlog::warn("disk: {} MiB free, less than {} (disk.warn_mb): make room before it is full", figures.disk_free_mb,
                   disk.warn_mb);
    if (room == disk_room::none)
      spdlog::error("disk: {} MiB free, less than {} (disk.stop_mb): no new report is begun until there is room",
                    figures.disk_free_mb, disk.stop_mb);
    if (told) told(room);
  }

  void signed_one(const boost::system::result<std::optional<storage::signed_head>>& head) {
    if (!head) {
      ++figures.failed_heads;
      return spdlog::warn("ledger: no head was signed: {}", head.error().message());
    }
    if (!*head) return;
    ++figures.heads;
    figures.head_size = (*head)->size;
    spdlog::debug("ledger: head of {} entries, root {}", (*head)->size, storage::to_hex((*head)->root));
  }

  boost::asio::io_context& io;
  boost::asio::steady_timer timer;
  const std::filesystem::path database;
  const disk_settings disk;
  const int every;
  storage::head_signer signer; // on the thread beside, once it is started; at the end on the network thread
  std::function<void(disk_room)> told;
  ledger_figures figures;
  bool stopped = false;
};

ledger_keeper::ledger_keeper(boost::asio::io_context& io, const config& c) : state_(std::make_shared<state>(io, c)) {
  spdlog::info("ledger: heads are signed with the public key {}", storage::to_hex(state_->signer.key()));
}

ledger_keeper::~ledger_keeper() {
  stop();
  beside_.join();
}

void ledger_keeper::start(std::function<void(disk_room)> room) {
  state_->told = std::move(room);
  state_->look(beside_);
}

void ledger_keeper::stop() {
  state_->stopped = true;
  state_->timer.cancel();
}

void ledger_keeper::sign_last() {
  stop();
  beside_.join();
  state_->signed_one(state_->signer.sign(now_ms()));
}

const ledger_figures& ledger_keeper::figures() const { return state_->figures; }

} // namespace tallyline::gateway
