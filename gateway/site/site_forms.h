// The forms a site may fill and the part of the roster it needs for them: packed by the gateway, unpacked by both, so
// that both code reports by the same layout.
//
// Packed: zstd over JSON {"site", "msisdn", "area", "pack": {file: CSV, ...}, "menus": [bundle, ...]}. The pack's part
// is the site's area with what lies in it, the areas above it and the contests of all these; nobody's number or PIN is
// in it. Immutable once unpacked; any thread.
#pragma once

#include "gateway/election_world.h"
#include "menus/script.h"
#include "menus/whole.h"
#include "modem/link/layout.h"
#include "storage/election.h"
#include "storage/record.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct site_menu {
  std::shared_ptr<const menus::script> script;
  std::string digest; // hex, as records name it
};

struct form_place {
  std::uint16_t menu = 0, form = 0;
};

class site_forms {
public:
  // Throws std::runtime_error for what pack_forms could not have written.
  explicit site_forms(const std::string& packed);
  site_forms(const site_forms&) = delete;
  site_forms& operator=(const site_forms&) = delete;

  const std::string& site() const { return site_; }
  std::uint64_t msisdn() const { return msisdn_; }
  const storage::election& election() const { return election_; }
  const election_world& world() const { return *world_; }
  const std::vector<site_menu>& menus() const { return menus_; }
  const modem::link::layout& layout() const { return layout_; }
  const modem::link::digest& name() const { return name_; }
  const std::vector<form_place>& forms() const { return forms_; } // in step with the layout's
  const menus::form& form(std::uint16_t at) const { return menus_[forms_[at].menu].script->forms[forms_[at].form]; }
  // By the form's name, or "MENU.FORM" where two menus have one of that name.
  std::optional<std::uint16_t> form_by_name(std::string_view name) const;
  menus::noun scope_of(std::uint16_t form) const { return menus_[forms_[form].menu].script->scope; }
  // A station, office or area of the site, by its code, for a form.
  std::optional<menus::entity> scope_by_code(std::uint16_t form, std::string_view code) const;
  menus::subject subject(menus::entity scope) const;
  // Fills a form of this site whenever it is asked to: whether the form is open is the gateway's to say, by its own
  // clock, and the site's may be years off. One thread.
  menus::whole_result fill(std::uint16_t form, menus::entity scope, menus::whole_form whole) const;

private:
  void lay_out();
  std::array<std::int64_t, 3> days_of(const menus::form& f) const;

  std::string site_;
  std::uint64_t msisdn_ = 0;
  storage::election election_;
  mutable std::optional<std::int64_t> pretended_ms_; // what time it is, while a form is filled
  std::unique_ptr<election_world> world_;
  std::vector<site_menu> menus_;
  std::vector<form_place> forms_;
  modem::link::layout layout_;
  modem::link::digest name_{};
};

// `bundles`: of the menus in service (gateway/menu_files.h). The same input gives the same octets.
std::string pack_forms(const storage::election& e, const storage::site& s, const std::vector<std::string>& bundles);

// A filled form as the link's record, and back as the answers that fill it again. Both by the same forms.
modem::link::record to_record(const site_forms& f, std::uint16_t form, const menus::filled_form& filled);

// Owns the words that the whole form views.
struct told_form {
  std::uint16_t form = 0; // place in site_forms::forms
  std::string scope;      // a code
  std::vector<std::string> words;
  menus::whole_form whole;
};
std::unique_ptr<told_form> to_answers(const site_forms& f, const modem::link::record& r);

// The report as it is recorded: on both ends the same, but for time and salts, which the gateway's answer brings.
storage::report site_report(const menus::filled_form& filled, const election_world& world, const std::string& digest,
                            std::uint64_t msisdn);

} // namespace tallyline::gateway
