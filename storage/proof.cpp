#include "storage/proof.h"

#include "storage/ledger_rows.h"
#include "storage/receipt.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {
namespace {

// A receipt taken by an earlier record is drawn again with a higher counter; so often that nobody meets it.
constexpr std::uint32_t most_draws = 16;

bool drawn_from(std::uint64_t receipt, const ledger::hash& leaf) {
  for (std::uint32_t counter = 0; counter < most_draws; ++counter)
    if (receipt::derive(leaf, counter) == receipt) return true;
  return false;
}

} // namespace

std::optional<std::string> wrong_with(const record_proof& p, const public_key& by) {
  const auto leaf = ledger::leaf_hash(p.body);
  canonical::record_view view;
  if (p.head.key != by) return "the head is signed by another key than the one given";
  if (!good_signature(p.head)) return "the head's signature is not by its key";
  if (!canonical::read_record(p.body, view)) return "the record is not in canonical form";
  if (!drawn_from(p.receipt, leaf)) return "the receipt is not drawn from this record";
  if (p.seq < 1 ||
      !ledger::verify_inclusion(leaf, static_cast<std::uint64_t>(p.seq - 1), p.head.size, p.path, p.head.root))
    return "the path does not lead from the record to the head's root";
  return std::nullopt;
}

boost::system::result<found_record> find_with_proof(const std::filesystem::path& database, std::string_view code) {
  auto rows = reader::open(database);
  if (!rows) return rows.error();
  auto found = rows->find_receipt(code);
  if (!found) return found.error();
  if (!*found) return make_error_code(errc::no_record);
  return sqlite::guarded("proving a record", [&] {
    found_record out{std::move(**found), std::nullopt};
    auto db = sqlite::open_for_reading(database.string());
    const auto head = ledger_rows::newest_head(db);
    if (!head || head->size < static_cast<std::uint64_t>(out.record.seq)) return out;
    out.proof = record_proof{out.record.seq, receipt::parse(code).receipt, out.record.body,
                             ledger_rows::inclusion(db, out.record.seq, head->size), *head};
    return out;
  });
}

} // namespace tallyline::storage
