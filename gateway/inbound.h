// What a bearer hands to intake and what intake hands back: a subscriber's words, free of how they travelled.
#pragma once

#include "menus/bearer.h"

#include <cstdint>
#include <string_view>

namespace tallyline::gateway {

enum class bearer_kind : std::uint8_t { ussd, sms, terminal, link };

// Where a dialogue's pages go: enough for the bearer to address them, nothing that intake looks into.
struct return_path {
  std::uint32_t link = 0;    // which SMSC, call or connection of the bearer: with `session` it names the dialogue
  std::uint64_t session = 0; // the bearer's own session key
  std::uint32_t turn = 0;    // pages sent so far in this session
  std::uint32_t bind = 0;    // by which of the SMSC's binds the subscriber was heard last
  bearer_kind by = bearer_kind::ussd;
  std::uint64_t connection = 0; // which connection of that bind
  bool opened_by_us = false;
};

enum class said : std::uint8_t {
  begin,  // dialled
  answer, // answered a page
  line,   // wrote a line, which begins a dialogue or answers a page
  shown,  // nothing was said: the network has taken the last page
  gone,   // hung up, dropped or aborted: nobody waits for a page any more
};

struct inbound {
  said what = said::begin;
  std::uint64_t msisdn = 0;
  std::string_view code; // the short code that was dialled, as far as the bearer knows it apart from the text
  std::string_view text; // UTF-8
  return_path path;
  // Of a bearer on which people log in: the menu they chose, by its name, and that their PIN has been checked.
  std::string_view menu = {};
  bool known = false;
};

// The bearer's side of a page.
class outlet {
public:
  virtual ~outlet() = default;
  // `last`: the dialogue is over with this page. An empty text by SMS sends nothing: what was said is taken note of.
  // Queued; leaves at flush.
  virtual void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                    bool last) = 0;
  // What was said last could not be kept: the network is to bring it again, where it can. False where it cannot, and
  // the subscriber must be told.
  virtual bool put_off(std::uint64_t, const return_path&) { return false; }
  // How much a page of this dialogue holds; nullptr: as much as any.
  virtual const menus::bearer* page_limit(const return_path&) const { return nullptr; }
  // A report of this dialogue is on disk; for who counts what a call has brought.
  virtual void recorded(const return_path&) {}
  virtual void flush() = 0;
};

} // namespace tallyline::gateway
