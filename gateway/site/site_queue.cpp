#include "gateway/site/site_queue.h"

#include "modem/link/octets.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sodium.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;
namespace json = boost::json;
using storage::sqlite::statement;

link::secret read_key(const std::filesystem::path& folder) {
  link::secret key;
  std::ifstream in(folder / "site.key", std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(key.data()), static_cast<std::streamsize>(key.size())))
    throw std::runtime_error(fmt::format("{} is not a site's folder yet: run `tallyline site enrol CODE` with the code "
                                         "that headquarters gave (tallyline site invite SITE)",
                                         folder.string()));
  return key;
}

link::secret store_key(const link::secret& key) {
  link::secret out;
  constexpr std::string_view purpose = "tallyline site store";
  crypto_generichash(out.data(), out.size(), link::as_octets(purpose), purpose.size(), key.data(), key.size());
  return out;
}

storage::sqlite::database open_db(const std::filesystem::path& folder) {
  storage::sqlite::database db((folder / "site.db").string(), storage::sqlite::mode::create);
  db.exec("PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
  db.exec("CREATE TABLE IF NOT EXISTS report(number INTEGER PRIMARY KEY AUTOINCREMENT, answered INTEGER NOT NULL, "
          "sealed BLOB NOT NULL) STRICT;"
          "CREATE INDEX IF NOT EXISTS report_waiting ON report(number) WHERE answered = 0;"
          "CREATE TABLE IF NOT EXISTS kept(name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;");
  return db;
}

std::string to_json(const queued_report& r) {
  json::array answers, confirmed;
  for (const auto& [question, text] : r.answers)
    answers.push_back(json::array{question, text});
  for (const auto& c : r.confirmed)
    confirmed.emplace_back(c);
  return json::serialize(json::object{{"form", r.form},
                                      {"scope", r.scope},
                                      {"answers", answers},
                                      {"confirmed", confirmed},
                                      {"added_ms", r.added_ms},
                                      {"verdict", r.verdict},
                                      {"receipt", r.receipt},
                                      {"text", r.text},
                                      {"question", r.question},
                                      {"answered_ms", r.answered_ms}});
}

queued_report from_json(std::uint64_t number, const std::string& text) {
  const auto value = json::parse(text);
  const auto& o = value.as_object();
  const auto word = [&](const char* name) { return std::string(o.at(name).as_string()); };
  queued_report r;
  r.number = number, r.form = word("form"), r.scope = word("scope");
  for (const auto& a : o.at("answers").as_array())
    r.answers.emplace_back(a.as_array().at(0).as_string(), a.as_array().at(1).as_string());
  for (const auto& c : o.at("confirmed").as_array())
    r.confirmed.emplace_back(c.as_string());
  r.verdict = word("verdict"), r.receipt = word("receipt"), r.text = word("text"), r.question = word("question");
  r.added_ms = o.at("added_ms").as_int64(), r.answered_ms = o.at("answered_ms").as_int64();
  return r;
}

} // namespace

void site_queue::enrol(const std::filesystem::path& folder, const link::secret& key) {
  std::filesystem::create_directories(folder);
  // Under the new key the old values must still open: they are sealed anew.
  std::optional<site_queue> before;
  if (std::filesystem::exists(folder / "site.key")) before.emplace(folder);
  const auto reports = before ? before->all() : std::vector<queued_report>();
  const auto gateway = before ? before->setting("gateway") : std::string();
  const auto path = folder / "site.key.new";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!written) throw std::runtime_error(fmt::format("{} cannot be written", path.string()));
  {
    auto db = open_db(folder);
    storage::sqlite::transaction all(db);
    db.exec("DELETE FROM kept");
    site_queue renewed = [&] {
      std::filesystem::rename(path, folder / "site.key");
      return site_queue(folder);
    }();
    statement put(db, "UPDATE report SET sealed = ?2 WHERE number = ?1");
    for (const auto& r : reports) {
      const auto sealed = renewed.seal(to_json(r));
      put.bind(1, static_cast<std::int64_t>(r.number)).bind_blob(2, sealed).run();
    }
    all.commit();
  }
  if (!gateway.empty()) site_queue(folder).set("gateway", gateway);
}

site_queue::site_queue(const std::filesystem::path& folder)
    : key_(read_key(folder)), store_key_(store_key(key_)), db_(open_db(folder)) {}

std::uint64_t site_queue::add(const queued_report& r) {
  const auto sealed = seal(to_json(r));
  statement(db_, "INSERT INTO report(answered, sealed) VALUES(0, ?1)").bind_blob(1, sealed).run();
  return static_cast<std::uint64_t>(db_.last_row());
}

std::vector<queued_report> site_queue::all() {
  std::vector<queued_report> out;
  statement rows(db_, "SELECT number, sealed FROM report ORDER BY number");
  while (rows.step())
    out.push_back(from_json(static_cast<std::uint64_t>(rows.number(0)), open(rows.blob(1))));
  return out;
}

std::vector<queued_report> site_queue::waiting(std::size_t at_most) {
  std::vector<queued_report> out;
  statement rows(db_, "SELECT number, sealed FROM report WHERE answered = 0 ORDER BY number LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(at_most));
  while (rows.step())
    out.push_back(from_json(static_cast<std::uint64_t>(rows.number(0)), open(rows.blob(1))));
  return out;
}

void site_queue::answer(const queued_report& r) {
  const auto sealed = seal(to_json(r));
  statement(db_, "UPDATE report SET answered = 1, sealed = ?2 WHERE number = ?1")
      .bind(1, static_cast<std::int64_t>(r.number))
      .bind_blob(2, sealed)
      .run();
}

std::uint64_t site_queue::next_call() {
  storage::sqlite::transaction all(db_);
  const auto last = setting("last_call");
  const auto next = (last.empty() ? 0 : std::stoull(last)) + 1;
  set("last_call", fmt::to_string(next));
  all.commit();
  return next;
}

void site_queue::calls_begin_above(std::uint64_t number) {
  const auto last = setting("last_call");
  if (last.empty() || std::stoull(last) < number) set("last_call", fmt::to_string(number));
}

std::string site_queue::forms() { return setting("forms"); }

void site_queue::keep_forms(const std::string& packed) {
  storage::sqlite::transaction all(db_);
  set("forms", packed);
  set("part", {});
  all.commit();
}

std::optional<site_queue::part> site_queue::partial_forms() {
  const auto kept = setting("part");
  part p;
  if (kept.size() <= p.forms.size()) return std::nullopt;
  std::copy_n(kept.begin(), p.forms.size(), p.forms.begin());
  p.octets = kept.substr(p.forms.size());
  return p;
}

void site_queue::keep_part(const part& p) { set("part", std::string(link::as_text(p.forms)) + p.octets); }

std::string site_queue::setting(const std::string& name) {
  statement row(db_, "SELECT sealed FROM kept WHERE name = ?1");
  return row.bind_text(1, name).step() ? open(row.blob(0)) : std::string();
}

void site_queue::set(const std::string& name, const std::string& value) {
  const auto sealed = seal(value);
  statement(db_, "REPLACE INTO kept(name, sealed) VALUES(?1, ?2)").bind_text(1, name).bind_blob(2, sealed).run();
}

std::string site_queue::seal(std::string_view plain) const {
  std::string out(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain.size(), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(at, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(at + crypto_secretbox_NONCEBYTES, link::as_octets(plain), plain.size(), at, store_key_.data());
  return out;
}

std::string site_queue::open(std::string_view sealed) const {
  constexpr auto extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  std::string out(sealed.size() < extra ? 0 : sealed.size() - extra, '\0');
  const auto box = sealed.substr(std::min<std::size_t>(sealed.size(), crypto_secretbox_NONCEBYTES));
  if (sealed.size() < extra ||
      crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(out.data()), link::as_octets(box), box.size(),
                                 link::as_octets(sealed), store_key_.data()) != 0)
    throw std::runtime_error("site.db was sealed with another key than site.key: restore the two together");
  return out;
}

} // namespace tallyline::gateway
