// Any octets as a menu script: either a script or errors with places, never a crash, never a hang. A script that loads
// is dialled, so that what the loader lets through does not break the engine either.
#include "menus/check.h"
#include "menus/engine.h"
#include "menus/script.h"
#include "tests/support/menu_world.h"

#include <cstdlib>
#include <filesystem>

using namespace tallyline;
using tests::small_world;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const menus::load_options options{std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts"};
  const auto loaded = menus::load_script_text({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", options);
  for (const auto& problem : loaded.problems)
    if (menus::to_string(problem).empty()) std::abort();
  if (!loaded) return loaded.problems.empty() ? (std::abort(), 0) : 0;
  const tests::small_world world;
  const tests::octet_page page(182);
  const menus::engine engine(*loaded.menu, world);
  const auto d = engine.open({world.person, world.station}, "en");
  if (!page.fits(engine.dial(*d, "*140*1*2*3*4#", {}, page).text)) std::abort();
  const menus::check_options checked{
      &world,
      {small_world::station, small_world::contest, small_world::person, {menus::noun::candidate, 0}},
      {{"ussd", &page}}};
  if (menus::check(loaded, checked).forms.size() != loaded.menu->forms.size()) std::abort();
  return 0;
}
