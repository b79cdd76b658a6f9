// What the coder expects of the next bit: counters that learn, each bit looked up under several contexts from coarse to
// fine, so that a fine one that has seen nothing leans on the coarser ones. Integers only: both ends compute the same.
//
// One model a batch; both sides begin with an empty one. Not thread-safe.
#pragma once

#include "modem/link/range_coder.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <unordered_map>

namespace tallyline::modem::link {

// Names a context; the coder makes it of who asks (form, field, place in the list, size of the record).
using context = std::uint64_t;

class model {
public:
  explicit model(bit_coder& coder) : coder_(coder) {}

  struct contexts {
    std::array<context, 3> all;
    int count;
    contexts(std::initializer_list<context> c) : all{}, count(static_cast<int>(c.size())) {
      std::copy(c.begin(), c.end(), all.begin());
    }
  };

  // `node` tells the bits of one number from each other; under 2^20.
  bool bit(bool b, const contexts& c, std::uint32_t node) {
    std::array<counter*, 3> seen{};
    std::uint32_t chance = 32768;
    for (int i = 0; i < c.count; ++i) {
      counter& k = counters_[c.all[static_cast<std::size_t>(i)] << 20 | node];
      seen[static_cast<std::size_t>(i)] = &k;
      chance = (3 * chance + 2 * k.times * k.chance) / (3 + 2 * k.times);
    }
    chance = std::min(std::max(chance, least_chance), most_chance);
    b = coder_.code(b, chance);
    for (int i = 0; i < c.count; ++i)
      seen[static_cast<std::size_t>(i)]->learn(b);
    return b;
  }
  bool plain_bit(bool b) { return coder_.code(b, 32768); }

private:
  struct counter {
    std::uint32_t chance = 32768; // of a 1, in 65536ths
    std::uint32_t times = 0;      // it has learned, 60 at most
    void learn(bool b) {
      if (b)
        chance += (65535 - chance) * 2 / (2 * times + 3);
      else
        chance -= chance * 2 / (2 * times + 3);
      if (times < 60) ++times;
    }
  };
  bit_coder& coder_;
  std::unordered_map<std::uint64_t, counter> counters_;
};

} // namespace tallyline::modem::link
