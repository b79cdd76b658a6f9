#include "storage/ledger.h"

#include "storage/receipt.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <set>
#include <string>
#include <vector>

using namespace tallyline::storage;

namespace {

std::string hex(const ledger::hash& h) {
  std::string text;
  for (const auto byte : h)
    text += fmt::format("{:02x}", byte);
  return text;
}

// The leaves that implementations of RFC 6962 test each other with.
const std::vector<std::string> known_leaves = {"",
                                               std::string("\x00", 1),
                                               "\x10",
                                               "\x20\x21",
                                               "\x30\x31",
                                               "\x40\x41\x42\x43",
                                               "\x50\x51\x52\x53\x54\x55\x56\x57",
                                               "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
const char* const known_roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                   "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                   "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                   "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                   "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                   "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                   "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                   "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

// RFC 6962 2.1 word for word, to hold the frontier against.
ledger::hash by_definition(std::span<const ledger::hash> leaves) {
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size())
    k *= 2;
  return ledger::node_hash(by_definition(leaves.subspan(0, k)), by_definition(leaves.subspan(k)));
}

} // namespace

TEST_CASE("the tree has the roots that RFC 6962 implementations agree on") {
  ledger::frontier edge;
  CHECK(hex(edge.root()) == known_roots[0]);
  CHECK(hex(ledger::tree_root({})) == known_roots[0]);
  for (std::size_t i = 0; i < known_leaves.size(); ++i) {
    edge.append(ledger::leaf_hash(known_leaves[i]));
    CHECK(hex(edge.root()) == known_roots[i + 1]);
  }
}

TEST_CASE("the growing edge has the root of the definition at every size") {
  std::vector<ledger::hash> leaves;
  ledger::frontier edge;
  for (int i = 0; i < 130; ++i) {
    leaves.push_back(ledger::leaf_hash(std::to_string(i)));
    edge.append(leaves.back());
    CHECK(edge.root() == by_definition(leaves));
    CHECK(edge.size() == leaves.size());
  }
}

TEST_CASE("a receipt is ten digits whose check digit fits, and is the same for the same leaf") {
  std::set<std::uint64_t> seen;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto leaf = ledger::leaf_hash(std::to_string(i));
    const auto drawn = receipt::derive(leaf, 0);
    CHECK(drawn == receipt::derive(leaf, 0));
    CHECK(drawn != receipt::derive(leaf, 1));
    const auto text = receipt::to_text(drawn);
    CHECK(text.size() == 12);
    CHECK(receipt::parse(text).receipt == drawn);
    CHECK(receipt::parse(text).wrong == receipt::fault::none);
    seen.insert(drawn);
  }
  CHECK(seen.size() == 500);
}

TEST_CASE("the check digit finds every wrong digit and every swap of neighbours") {
  const auto good = receipt::to_text(receipt::derive(ledger::leaf_hash("x"), 0));
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (good[i] == '-') continue;
    for (char c = '0'; c <= '9'; ++c) {
      auto bad = good;
      bad[i] = c;
      CHECK((receipt::parse(bad).wrong == receipt::fault::none) == (c == good[i]));
    }
  }
  std::string digits;
  for (const char c : good)
    if (c != '-') digits.push_back(c);
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    auto bad = digits;
    std::swap(bad[i], bad[i + 1]);
    CHECK((receipt::parse(bad).wrong == receipt::fault::none) == (bad == digits));
  }
}

TEST_CASE("a receipt may be typed with blanks, dashes, Persian or Arabic digits") {
  // Damm's own example: 572 has the check digit 4.
  CHECK(receipt::parse("000-000-5724").wrong == receipt::fault::none);
  CHECK(receipt::parse("0000005724").receipt == 5724);
  CHECK(receipt::parse(" 000 000 5724 ").receipt == 5724);
  CHECK(receipt::parse("۰۰۰-۰۰۰-۵۷۲۴").receipt == 5724);
  CHECK(receipt::parse("٠٠٠٠٠٠٥٧٢٤").receipt == 5724);
  CHECK(receipt::parse("000-000-5725").wrong == receipt::fault::wrong_check_digit);
  for (const auto* text : {"", "-", "572", "00000057240", "000000572x", "000-000-572\xFF"})
    CHECK(receipt::parse(text).wrong == receipt::fault::not_ten_digits);
}
