// Any octets as a dialogue with the menu that ships: the first say what is dialled and what was saved, then answers
// line by line. Every page fits, whatever is said, and what is saved can be gone on with.
#include "menus/engine.h"
#include "menus/script.h"
#include "tests/support/menu_world.h"

#include <cstdlib>
#include <filesystem>

using namespace tallyline;

namespace {

const menus::script& polling() {
  static const auto loaded =
      menus::load_script(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts/polling.yaml",
                         {std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts"});
  if (!loaded) std::abort();
  return *loaded.menu;
}

std::string_view line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view out = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::small_world world;
  static const menus::engine engine(polling(), world);
  static const tests::octet_page page(182);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string dialled = "*140" + std::string(line(rest));
  const std::string_view saved = line(rest);
  auto d = engine.open({world.person, world.station}, size % 2 ? "fa" : "en");
  menus::step s = engine.dial(*d, dialled, saved, page);
  while (true) {
    if (s.what == menus::action::check_pin) s = engine.pin_checked(*d, menus::pin_verdict::right, page);
    if (s.what == menus::action::submit) {
      if (engine.filled(*d).values.empty()) std::abort();
      s = engine.submitted(*d, menus::submit_verdict::recorded, "123-456-7890", page);
    }
    if (!page.fits(s.text)) std::abort();
    if (s.what == menus::action::end || rest.empty()) break;
    s = engine.answer(*d, line(rest), page);
  }
  std::string kept;
  engine.save(*d, kept);
  auto again = engine.open({world.person, world.station}, "en");
  if (!page.fits(engine.dial(*again, "*140#", kept, page).text)) std::abort();
  return 0;
}
