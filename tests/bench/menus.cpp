// One step of a count form without I/O: nanoseconds and allocations a step, beside what rendering a page of that length
// with fmt alone costs in the same run. Run: scripts/bench menus
#include "menus/check.h"
#include "menus/engine.h"
#include "menus/script.h"
#include "tests/support/menu_world.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <new>
#include <vector>

namespace {
std::size_t allocations = 0;
}
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete" // where one of the pair is inlined and the other is not
#endif
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace tallyline;
using clock_type = std::chrono::steady_clock;

namespace {

struct figures {
  std::vector<std::int64_t> ns;
  std::size_t allocated = 0;
  template <class Step> void time(Step step) {
    const std::size_t before = allocations;
    const auto from = clock_type::now();
    step();
    const auto to = clock_type::now();
    allocated += allocations - before;
    ns.push_back((to - from).count());
  }
  void print(const char* name) {
    std::sort(ns.begin(), ns.end());
    std::printf("%-34s median %5lld ns  p99 %6lld ns  allocations %.1f a step\n", name,
                static_cast<long long>(ns[ns.size() / 2]), static_cast<long long>(ns[ns.size() * 99 / 100]),
                double(allocated) / double(ns.size()));
  }
};

// 500 screens with four texts each.
std::string large_script() {
  std::string s = "menu: large\ndial: \"*140#\"\nlanguages: [fa, en]\nwho: presiding_officer\nstart: s0\nscreens:\n";
  for (int i = 0; i < 500; ++i)
    s += fmt::format(
        "  s{0}: {{text: {{fa: صفحه {0}, en: Screen {0}}}, choices: [{{label: {{fa: بعد, en: Next}}, go: s{1}}}]}}\n",
        i, (i + 1) % 500);
  return s;
}

void check_large() {
  const std::filesystem::path root = TALLYLINE_SOURCE_DIR;
  const std::string text = large_script();
  const auto from = clock_type::now();
  const auto loaded = menus::load_script_text(text, "large.yaml", {root / "menus/scripts"});
  if (!loaded) return;
  const tests::small_world world;
  const tests::octet_page page(182);
  menus::check_options o;
  o.election = &world;
  o.everything = {world.person, world.station};
  o.bearers = {{"ussd", &page}};
  const auto got = menus::check(loaded, o);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - from).count();
  std::printf("500 screens, 2,000 texts: read and checked in %lld ms, %zu problems\n", static_cast<long long>(took),
              got.problems.size());
}

} // namespace

int main() {
  const std::filesystem::path root = TALLYLINE_SOURCE_DIR;
  const auto loaded = menus::load_script(root / "menus/scripts/polling.yaml", {root / "menus/scripts"});
  if (!loaded) return 1;
  const tests::small_world world;
  const tests::octet_page page(182);
  const menus::engine engine(*loaded.menu, world);
  figures steps, dials, saves, floor;
  for (auto* f : {&steps, &dials, &saves, &floor})
    f->ns.reserve(2'000'000);
  std::string kept;
  for (int i = 0; i < 100'000; ++i) {
    const auto d = engine.open({world.person, world.station}, "en");
    menus::step s;
    dials.time([&] { s = engine.dial(*d, "*140#", {}, page); });
    for (const auto* answer : {"3", "1234", "100", "5", "60", "30", "5"}) {
      if (s.what == menus::action::check_pin) s = engine.pin_checked(*d, menus::pin_verdict::right, page);
      steps.time([&] { s = engine.answer(*d, answer, page); });
      kept.clear();
      saves.time([&] { engine.save(*d, kept); });
    }
    floor.time([&] { s.text = fmt::format("{} {} {}\n{}\n{}", 41, "Candidate", 120, "How many votes?", "0 Back"); });
  }
  steps.print("an answer to the next page");
  dials.print("a dial to the first page");
  saves.print("a draft");
  floor.print("floor: one fmt::format of a page");
  check_large();
}
