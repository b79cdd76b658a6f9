// receipt: one record, what was decided about it, and the proof that it is in the ledger.
#include "gateway/commands/commands.h"

#include "gateway/commands/record_text.h"
#include "gateway/proof_file.h"
#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/receipt.h"
#include "storage/review_list.h"

#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace tallyline::gateway {
namespace {

struct receipt_options {
  std::string code, database = "tallyline.db", proof, check, key;
};

void print_body(const storage::canonical::record_view& view) {
  fmt::print("  {:<14} {}\n", "form", view.form);
  for (std::size_t k = 0; k < view.key.size(); ++k)
    fmt::print("  {:<14} {}\n", k == 0 ? "for" : "", view.key[k]);
  for (const auto& f : view.fields)
    fmt::print("  {:<14} {}\n", f.name, shown_value(f));
  if (!view.reason.empty()) fmt::print("  {:<14} {}\n", "reason", view.reason);
}

void print_proof(const storage::record_proof& p) {
  fmt::print("  {:<14} {} of {} entries, signed by {}\n", "in the ledger", p.seq, p.head.size,
             storage::to_hex(p.head.key));
  for (const auto& step : p.path)
    fmt::print("  {:<14} {}\n", &step == &p.path.front() ? "path" : "", storage::to_hex(step));
  fmt::print("  {:<14} {}\n", "root", storage::to_hex(p.head.root));
}

void write_file(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << '\n';
  out.close();
  if (!out) throw std::runtime_error(file + ": it could not be written");
  fmt::print(stderr, "{} written; anybody checks it with: tallyline receipt --check {} --public-key KEY\n", file, file);
}

int show(const receipt_options& o) {
  const auto found = storage::find_with_proof(o.database, o.code);
  if (!found) {
    fmt::print(stderr, "{}: {}\n", found.error() == storage::errc::no_record ? o.code : o.database,
               found.error().message());
    return 1;
  }
  const auto& r = found->record;
  storage::canonical::record_view view;
  if (!storage::canonical::read_record(r.body, view))
    throw std::runtime_error(fmt::format("record {} cannot be read: see tallyline verify", r.seq));
  if (the_viewer().limited()) {
    const auto e = storage::load_election(o.database, false);
    if (!e) throw std::runtime_error(fmt::format("{}: {}", o.database, e.error().message()));
    if (!the_viewer().sees(*e, view.scope))
      throw std::runtime_error(fmt::format("{}: this record lies outside {}, the area that the account '{}' is for",
                                           o.code, the_viewer().area, the_viewer().login));
  }
  const auto decided = storage::decisions_on(o.database, r.seq);
  if (!decided) throw std::runtime_error(decided.error().message());
  fmt::print("receipt {}  record {}  {}\n", r.receipt, r.seq,
             shown_state(static_cast<int>(r.state), r.flagged, !decided->empty()));
  print_body(view);
  for (const auto& d : *decided)
    fmt::print("  {:<14} {} by {}{}{}\n", "decided", shown_state(static_cast<int>(d.state), false, true), d.by,
               d.reason.empty() ? "" : ": ", d.reason);
  if (!found->proof)
    fmt::print("  {:<14} {}\n", "in the ledger", "not yet under a signed head; the gateway signs the next one soon");
  else
    print_proof(*found->proof);
  if (o.proof.empty()) return 0;
  if (!found->proof) throw std::runtime_error("no head is signed yet that covers this record: try again in a minute");
  write_file(o.proof, to_json(*found->proof));
  return 0;
}

int check(const receipt_options& o) {
  storage::public_key key{};
  if (!storage::from_hex(o.key, key)) {
    fmt::print(stderr, "--public-key wants the 64 hex digits that the election's owner has published\n");
    return 2;
  }
  std::ifstream in(o.check, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto proof = proof_from_json(text);
  if (!proof) throw std::runtime_error(o.check + ": this is no proof of tallyline");
  if (const auto wrong = storage::wrong_with(*proof, key)) throw std::runtime_error(o.check + ": " + *wrong);
  storage::canonical::record_view view;
  storage::canonical::read_record(proof->body, view);
  fmt::print("receipt {}  record {}  is in the ledger of {} entries that this key signed\n",
             storage::receipt::to_text(proof->receipt), proof->seq, proof->head.size);
  print_body(view);
  return 0;
}

} // namespace

void add_receipt(CLI::App& app, job& chosen) {
  static receipt_options o;
  auto* c = app.add_subcommand("receipt", "look a record up by its receipt, and prove that it is in the ledger");
  auto* code = c->add_option("code", o.code, "ten digits, as the official read them out");
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--proof,-p", o.proof, "write the proof into this file");
  auto* file = c->add_option("--check", o.check, "check a proof file instead; needs no database")
                   ->check(CLI::ExistingFile)
                   ->excludes(code);
  c->add_option("--public-key,-k", o.key, "the key that signs the heads, 64 hex digits")->needs(file);
  c->footer("Example: tallyline receipt 482-193-7620 --proof mine.json\n"
            "         tallyline receipt --check mine.json --public-key 0a1b…");
  c->callback([&, c] {
    if (o.code.empty() && o.check.empty()) throw CLI::RequiredError("code");
    chosen = [] { return o.check.empty() ? show(o) : check(o); };
  });
}

} // namespace tallyline::gateway
