#include "storage/errors.h"

#include <string>

namespace tallyline::storage {
namespace {

const char* text(errc e) noexcept {
  switch (e) {
  case errc::not_on_roster:
    return "this number is not on the roster in this role: check the number, or import the roster again";
  case errc::out_of_scope:
    return "this person does not answer for that station, office or area: check the code";
  case errc::bad_report:
    return "the report has a field or value that no form can produce: nothing was recorded, send it again";
  case errc::disk_full:
    return "the disk is full: nothing was recorded, free some space and try again";
  case errc::busy:
    return "another program holds the database: stop it or wait, then try again";
  case errc::corrupt:
    return "the database is damaged or was not made by tallyline: restore it from a backup";
  case errc::newer_schema:
    return "the database was written by a newer tallyline: use that version or a newer one";
  case errc::no_database:
    return "there is no election here yet: run `tallyline import PACK` first";
  case errc::io:
    return "the disk or the database failed: see the log, check the disk, then try again";
  case errc::key_exposed:
    return "the key file beside the database can be read by others: run `chmod 600` on it, then try again";
  case errc::bad_key:
    return "the key file beside the database is missing or damaged: restore it from a backup, or import the roster "
           "with its PINs again";
  case errc::stopped:
    return "the gateway is stopping: try again in a moment";
  case errc::frozen:
    return "menus are frozen for the polling day: wait, or give the reason with --break-freeze REASON";
  case errc::same_person:
    return "who proposed a version cannot approve it: another person must";
  case errc::no_version:
    return "there is no such version, or it is not waiting: see `tallyline menu versions`";
  case errc::correction_late:
    return "the time for corrections of this form is over: nothing was changed, call headquarters";
  case errc::correction_refused:
    return "this form takes no corrections from the person who reported: nothing was changed, call headquarters";
  case errc::no_record:
    return "no record has this receipt: look at each digit again";
  case errc::not_open:
    return "a later version has replaced this record: decide on that one, see `tallyline receipt`";
  case errc::several_left:
    return "more than one other version is left: accept the one that counts instead";
  case errc::bad_signing_key:
    return "the signing key beside the database is missing or damaged: put it back from a backup; without it no head "
           "can be signed, though everything signed so far can be verified";
  case errc::other_signing_key:
    return "the signing key beside the database is not the one that signed its heads: put the right one back from a "
           "backup";
  case errc::entries_missing:
    return "the ledger lacks entries that a head was signed for: the file ending in -wal was lost or an older copy was "
           "put in place; bring the file back, or restore the newest backup";
  case errc::exists:
    return "there is a file of this name already: nothing was overwritten, give another name or move it away";
  case errc::bad_bundle:
    return "this is no bundle, or it is damaged: fetch it again";
  case errc::not_verified:
    return "it does not pass `tallyline verify`: nothing was put in place, use another copy";
  case errc::taken_elsewhere:
    return "another office has reported this already, and it is reported once: nothing was recorded, ask there";
  case errc::nothing_to_follow:
    return "the step before this one has not been reported: nothing was recorded, report that first or look at the "
           "code again";
  case errc::out_of_area:
    return "the step before this one was reported by an office outside this person's area: nothing was recorded, it is "
           "done there";
  case errc::not_below:
    return "this person does not lie below the area of who asks: nothing was changed";
  case errc::oneself:
    return "nobody changes their own entry of the roster: a person above must do it";
  case errc::no_such_person:
    return "this number has no role that could be changed so: look at the number again";
  case errc::number_taken:
    return "the other number has this role already: nothing was changed, give another number";
  case errc::no_delegation:
    return "this number is nobody's delegate: nothing was changed";
  case errc::outside_area:
    return "this lies outside the area that your account is for: nothing was changed";
  }
  return "unknown storage error";
}

// Boost's categories have a protected destructor on purpose: nobody deletes one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class storage_category final : public boost::system::error_category {
public:
  const char* name() const noexcept override { return "tallyline.storage"; }
  std::string message(int value) const override { return text(static_cast<errc>(value)); }
  const char* message(int value, char*, std::size_t) const noexcept override { return text(static_cast<errc>(value)); }
};
#pragma GCC diagnostic pop

} // namespace

const boost::system::error_category& category() noexcept {
  static const storage_category instance;
  return instance;
}

boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), category()}; }

} // namespace tallyline::storage
