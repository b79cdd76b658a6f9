#include "storage/bundle.h"

#include "tests/storage/proved_night.h"

#include <fstream>
#include <iterator>
#include <random>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// What nothing in the ledger vouches for.
std::string roster_of(const std::filesystem::path& file) {
  auto in = bundle_reader::open(file).value();
  bundle_item item;
  std::string all;
  while (in.next(item).value() == bundle_reader::got::item)
    for (const auto& text : item.roster)
      all += text + '\n';
  return all;
}

struct bundling : proved_night {
  std::filesystem::path out = folder / "night.tlb";
  bundled make(bool personal = false) {
    std::filesystem::remove(out);
    bundle_options o;
    o.personal = personal;
    return write_bundle(database, out, o).value();
  }
};

} // namespace

TEST_CASE_FIXTURE(bundling, "a bundle verifies with no database, with and without what is personal") {
  for (const bool personal : {false, true}) {
    const auto made = make(personal);
    const auto v = verify_bundle(out, {}).value();
    REQUIRE_MESSAGE(!v.wrong, to_text(*v.wrong));
    CHECK(v.what.entries == made.entries);
    CHECK(v.what.records == 6);
    CHECK(v.what.heads == 2);
    CHECK(v.what.personal == (personal ? 9 : 0));
    CHECK(v.what.root == verified().what.root);
  }
}

TEST_CASE_FIXTURE(bundling, "the same database gives the same bytes, and a bundle overwrites nothing") {
  make();
  const auto once = bytes_of(out);
  make();
  CHECK(bytes_of(out) == once);
  CHECK(write_bundle(database, out, {}).error() == errc::exists);
  CHECK(bytes_of(out) == once);
}

TEST_CASE_FIXTURE(bundling, "without what is personal nobody can tell from it who reported") {
  make();
  auto in = bundle_reader::open(out).value();
  bundle_item item;
  bool roster = false;
  while (in.next(item).value() == bundle_reader::got::item) {
    if (item.entry) {
      CHECK(item.entry->personal.empty());
      CHECK(item.entry->body.find("Zahra") == std::string::npos);
    }
    roster = roster || (item.roster.size() == 4 && item.roster[0] == "station" && item.roster[1] == "1001");
    for (const auto& text : item.roster)
      CHECK(text.find("98912") == std::string::npos);
  }
  CHECK(roster);
}

// Some bits of a compressed stream mean nothing: with them the other way round it unpacks to the same.
TEST_CASE_FIXTURE(bundling, "a flipped bit anywhere in a bundle is an error, a wrong row, or changes nothing") {
  make(true);
  const auto good = bytes_of(out);
  const auto root = verify_bundle(out, {}).value().what.root;
  const auto roster = roster_of(out);
  std::mt19937 random(8742);
  int meaningless = 0;
  for (int i = 0; i < 300; ++i) {
    auto flipped = good;
    const auto at = random() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    put(out, flipped);
    const auto v = verify_bundle(out, {});
    if (v && !v->wrong) {
      CHECK_MESSAGE(v->what.root == root, "byte ", at);
      CHECK_MESSAGE(roster_of(out) == roster, "byte ", at);
      ++meaningless;
    }
    if (!v) CHECK((v.error() == errc::bad_bundle || v.error() == errc::newer_schema));
  }
  CHECK(meaningless < 6);
}

TEST_CASE_FIXTURE(bundling, "a bundle that is cut off anywhere, or has more behind it, is refused") {
  make();
  const auto good = bytes_of(out);
  for (std::size_t size = 0; size < good.size(); size += 1 + size / 40) {
    put(out, good.substr(0, size));
    const auto v = verify_bundle(out, {});
    CHECK_MESSAGE((!v || v->wrong.has_value()), "cut at ", size);
  }
  put(out, good + "x");
  CHECK(verify_bundle(out, {}).error() == errc::bad_bundle);
  put(out, good + good);
  CHECK(verify_bundle(out, {}).error() == errc::bad_bundle);
}

TEST_CASE_FIXTURE(night, "a bundle of a ledger without heads says so by their number") {
  const auto out = folder / "night.tlb";
  write_bundle(database, out, {}).value();
  const auto v = verify_bundle(out, {}).value();
  CHECK_FALSE(v.wrong.has_value());
  CHECK(v.what.heads == 0);
  CHECK(v.what.unsigned_entries == 1);
}
