#include "storage/ledger_proof.h"
#include "storage/head.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace tallyline::storage;

namespace {

ledger::hash hash_of_hex(std::string_view text) {
  ledger::hash h{};
  REQUIRE(from_hex(text, h));
  return h;
}
ledger::path path_of(std::initializer_list<const char*> all) {
  ledger::path p;
  for (const auto* text : all)
    p.push_back(hash_of_hex(text));
  return p;
}

// The eight leaves that implementations of RFC 6962 test each other with.
ledger::tree known_tree() {
  ledger::tree t;
  for (const auto& leaf :
       {std::string(), std::string("\x00", 1), std::string("\x10"), std::string("\x20\x21"), std::string("\x30\x31"),
        std::string("\x40\x41\x42\x43"), std::string("\x50\x51\x52\x53\x54\x55\x56\x57"),
        std::string("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f")})
    t.append(ledger::leaf_hash(leaf));
  return t;
}

ledger::hash numbered(int i) { return ledger::leaf_hash(std::to_string(i)); }
ledger::tree tree_of(int n) {
  ledger::tree t;
  for (int i = 0; i < n; ++i)
    t.append(numbered(i));
  return t;
}

} // namespace

TEST_CASE("inclusion proofs are those that RFC 6962 implementations agree on") {
  const auto t = known_tree();
  CHECK(t.inclusion(0, 1).empty());
  CHECK(t.inclusion(0, 8) == path_of({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  CHECK(t.inclusion(5, 8) == path_of({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                                      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  CHECK(t.inclusion(2, 3) == path_of({"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
  CHECK(t.inclusion(1, 5) == path_of({"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST_CASE("consistency proofs are those that RFC 6962 implementations agree on") {
  const auto t = known_tree();
  CHECK(t.consistency(1, 1).empty());
  CHECK(t.consistency(1, 8) == path_of({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  CHECK(t.consistency(6, 8) == path_of({"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  CHECK(t.consistency(2, 5) == path_of({"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST_CASE("the example of RFC 6962 2.1.3 has the proofs it spells out") {
  const auto t = tree_of(7);
  const auto node = [](const ledger::hash& a, const ledger::hash& b) { return ledger::node_hash(a, b); };
  const auto d = [](int i) { return numbered(i); };
  const auto g = node(d(0), d(1)), h = node(d(2), d(3)), i = node(d(4), d(5)), j = d(6);
  const auto k = node(g, h), l = node(i, j);
  CHECK(t.inclusion(0, 7) == ledger::path{d(1), h, l});
  CHECK(t.inclusion(3, 7) == ledger::path{d(2), g, l});
  CHECK(t.inclusion(4, 7) == ledger::path{d(5), j, k});
  CHECK(t.inclusion(6, 7) == ledger::path{i, k});
  CHECK(t.consistency(3, 7) == ledger::path{d(2), d(3), g, l});
  CHECK(t.consistency(4, 7) == ledger::path{l});
  CHECK(t.consistency(6, 7) == ledger::path{i, j, k});
}

TEST_CASE("every inclusion proof of every size up to 70 holds, and for nothing else") {
  const auto t = tree_of(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    const auto root = t.root(size);
    for (std::uint64_t at = 0; at < size; ++at) {
      const auto leaf = numbered(static_cast<int>(at));
      auto proof = t.inclusion(at, size);
      CHECK(ledger::verify_inclusion(leaf, at, size, proof, root));
      CHECK_FALSE(ledger::verify_inclusion(leaf, at + 1, size, proof, root));
      CHECK_FALSE(ledger::verify_inclusion(numbered(99), at, size, proof, root));
      if (proof.empty()) continue;
      auto longer = proof;
      longer.push_back(root);
      CHECK_FALSE(ledger::verify_inclusion(leaf, at, size, longer, root));
      proof.back()[3] ^= 1;
      CHECK_FALSE(ledger::verify_inclusion(leaf, at, size, proof, root));
      proof.pop_back();
      CHECK_FALSE(ledger::verify_inclusion(leaf, at, size, proof, root));
    }
  }
}

TEST_CASE("every consistency proof between sizes up to 40 holds, and for no other tree") {
  const auto t = tree_of(40);
  auto other = tree_of(3);
  for (int i = 3; i < 40; ++i)
    other.append(numbered(i + 1000));
  for (std::uint64_t from = 1; from <= 40; ++from)
    for (std::uint64_t to = from; to <= 40; ++to) {
      auto proof = t.consistency(from, to);
      CHECK(ledger::verify_consistency(from, to, proof, t.root(from), t.root(to)));
      if (from > 3) CHECK_FALSE(ledger::verify_consistency(from, to, proof, other.root(from), t.root(to)));
      if (to > 3) CHECK_FALSE(ledger::verify_consistency(from, to, proof, t.root(from), other.root(to)));
      proof.push_back(t.root(to));
      CHECK_FALSE(ledger::verify_consistency(from, to, proof, t.root(from), t.root(to)));
    }
}

TEST_CASE("a tree has the roots of the growing edge") {
  ledger::frontier edge;
  const auto t = tree_of(130);
  for (int n = 0; n <= 130; ++n) {
    CHECK(t.root(static_cast<std::uint64_t>(n)) == edge.root());
    edge.append(numbered(n));
  }
  CHECK_THROWS_AS(t.root(131), std::out_of_range);
  CHECK_THROWS_AS(t.inclusion(5, 5), std::out_of_range);
  CHECK_THROWS_AS(t.consistency(0, 5), std::out_of_range);
}
