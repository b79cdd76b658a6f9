// The gateway's end of the report link, behind whatever carries it: a modem's call, a TCP connection.
//
// Knows the sites and their keys, gives each the forms it may fill, fills what they report by the same forms and rules
// as a dialogue does, and answers after the commit. Network thread only. All referred to must outlive it.
#pragma once

#include "gateway/intake.h"
#include "gateway/site/site_forms.h"
#include "modem/link/gateway_call.h"
#include "storage/sites.h"
#include "storage/store.h"

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct link_counters {
  std::uint64_t calls = 0, refused_calls = 0, reports = 0, refused_reports = 0, batches = 0, lost_lines = 0;
};

// What carries a call. None of it is called after hang_up, or after the call's `gone`.
struct link_line {
  std::function<void(std::string)> send;
  std::function<void(std::optional<modem::link::instant>)> wake_at; // by steady_now; replaces what was set before
  std::function<void()> hang_up;                                    // once what was sent has gone out
};
modem::link::instant steady_now();

class link_bearer;

// One call. Made by link_bearer::take; lives while the carrier holds it.
class link_call : public std::enable_shared_from_this<link_call> {
public:
  link_call(link_bearer& bearer, modem::link::channel_settings line, std::string by, link_line carrier);
  void heard(std::string_view octets);
  void woken() { heard({}); }
  void gone(std::string why); // the line is; the call is written down

private:
  friend class link_bearer;
  void perform(modem::link::gateway_actions a);
  void take(const modem::link::batch& b);
  void answered(const modem::link::batch& b, std::vector<modem::link::answer> a);

  link_bearer& bearer_;
  link_line carrier_;
  modem::link::gateway_call call_;
  std::string by_;
  std::int64_t began_ms_;
  modem::link::instant began_, heard_;
  std::uint64_t number_ = 0, reports_ = 0;
  bool over_ = false;
};

class link_bearer final : public modem::link::site_directory {
public:
  // Throws std::runtime_error when the sites cannot be read.
  link_bearer(std::filesystem::path database, const election_world& world, const std::vector<live_menu>& menus,
              storage::store& store);

  // A line on which a site is expected to speak, or has begun to.
  std::shared_ptr<link_call> take(modem::link::channel_settings line, std::string by, link_line carrier);
  // Reads sites and keys again, after an invitation or a revocation. Empty, or what is wrong.
  std::string read_sites();
  const link_counters& counters() const { return counters_; }
  std::size_t sites() const { return sites_.size(); }

  std::optional<known> by_key(const modem::link::key_name& name) const override;
  std::shared_ptr<const modem::link::layout> layout_of(const std::string& site,
                                                       const modem::link::digest& forms) const override;
  modem::link::offer offer_to(const std::string& site) const override;
  std::shared_ptr<const std::string> forms_of(const std::string& site) const override;

private:
  friend class link_call;
  struct packed_forms {
    std::string menus; // digests of the menus in service when it was made
    std::shared_ptr<const std::string> octets;
    std::shared_ptr<const site_forms> forms;
  };
  struct site_state {
    storage::known_site is;
    mutable std::deque<packed_forms> forms; // the newest first; earlier ones, for who has not fetched these
  };

  const site_state* site(const std::string& code) const;
  const packed_forms& forms_now(const site_state& s) const;
  std::shared_ptr<const site_forms> forms_named(const std::string& site, const modem::link::digest& name) const;
  void decide(const modem::link::batch& b, const std::string& site, std::uint64_t call,
              std::function<void(std::optional<std::vector<modem::link::answer>>)> done);
  struct filled {
    std::optional<storage::report> report;
    modem::link::decision refused;
  };
  using past_entries = std::map<std::string, std::vector<storage::past_entry>>; // by scope
  struct work;
  filled fill(const site_forms& forms, const modem::link::record& r, const past_entries& past) const;
  // The version of the menu that a form of the site's is of; nullptr when it serves no more.
  const live_menu* menu_of(const site_forms& forms, std::uint16_t form) const;
  void next_batch();
  void look_back(const std::shared_ptr<work>& w);
  void record(const std::shared_ptr<work>& w);

  std::filesystem::path database_;
  const election_world& world_;
  const std::vector<live_menu>& menus_;
  storage::store& store_;
  std::map<std::string, site_state> sites_;
  std::deque<std::shared_ptr<work>> going_; // batches in the order they came; the first looks back
  link_counters counters_;
};

} // namespace tallyline::gateway
