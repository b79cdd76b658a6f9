// What the engine must know of the bearer it speaks over: how much fits on one page.
#pragma once

#include <string_view>

namespace tallyline::menus {

class bearer {
public:
  virtual ~bearer() = default;
  // True when the UTF-8 text can go out as one page, counted after encoding (USSD: 182 GSM-7 septets, an
  // extension-table character counting two, or 80 UCS-2 code units). Pure; called several times a page.
  virtual bool fits(std::string_view utf8) const = 0;
};

// For what goes out on no page, or whose length its reader judges.
class endless final : public bearer {
public:
  bool fits(std::string_view) const override { return true; }
};
inline const endless unlimited;

} // namespace tallyline::menus
