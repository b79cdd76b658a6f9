// Bearers for tests of the menus.
#pragma once

#include "menus/bearer.h"
#include "menus/utf8.h"

#include <cstddef>
#include <string_view>

namespace tallyline::tests {

// Takes a number of octets a page.
class octet_page final : public menus::bearer {
public:
  explicit octet_page(std::size_t most) : most_(most) {}
  bool fits(std::string_view utf8) const override { return utf8.size() <= most_; }

private:
  std::size_t most_;
};

// Counts as USSD does: 182 septets while all is ASCII (extension characters two), else 80 UTF-16 units. The real
// alphabet holds some letters more; the gateway's tests count with it.
class ussd_page final : public menus::bearer {
public:
  bool fits(std::string_view utf8) const override {
    std::size_t septets = 0, units = 0;
    bool gsm = true;
    for (std::size_t at = 0; at < utf8.size();) {
      const char32_t c = menus::next_character(utf8, at);
      gsm = gsm && c < 0x80 && c != '`';
      septets += c < 0x80 && std::string_view("^{}\\[~]|").find(static_cast<char>(c)) != std::string_view::npos ? 2 : 1;
      units += c > 0xFFFF ? 2 : 1;
    }
    return gsm ? septets <= 182 : units <= 80;
  }
};

} // namespace tallyline::tests
