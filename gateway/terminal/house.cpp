#include "gateway/terminal/house.h"

#include "gateway/terminal/session.h"

namespace tallyline::gateway {

terminal_house::terminal_house(const std::vector<live_menu>& menus, const election_world& world, storage::store& store,
                               pin_guard& pins, modem::program_runner& runner, terminal_options options,
                               std::function<std::int64_t()> unix_ms)
    : menus_(menus), world_(world), pins_(pins), runner_(runner), options_(std::move(options)),
      unix_ms_(std::move(unix_ms)), files_(menus, world, store, unix_ms_) {}

terminal_house::~terminal_house() = default;

std::unique_ptr<modem::call_handler> terminal_house::answer(modem::call& line) {
  auto s = std::make_unique<terminal_session>(*this, line);
  s->greet();
  return s;
}

terminal_session* terminal_house::find(std::uint64_t call) const {
  const auto at = sessions_.find(call);
  return at == sessions_.end() ? nullptr : at->second;
}

void terminal_house::page(std::uint64_t, std::string_view, const return_path& path, std::string_view text, bool last) {
  if (auto* s = find(path.session)) s->page(path, text, last);
}

const menus::bearer* terminal_house::page_limit(const return_path& path) const {
  if (path.by != bearer_kind::terminal) return nullptr;
  const auto* s = find(path.session);
  return s ? &s->limit() : nullptr;
}

void terminal_house::recorded(const return_path& path) {
  if (auto* s = find(path.session)) s->recorded();
}

terminal_house::brought terminal_house::by(std::uint64_t call) const {
  const auto* s = find(call);
  return s ? s->brought() : brought{};
}

std::string terminal_house::doing(std::uint64_t call) const {
  const auto* s = find(call);
  return s ? s->doing() : std::string();
}

} // namespace tallyline::gateway
