#include "gateway/rehearsal/handset_line.h"

#include <boost/json.hpp>
#include <charconv>

namespace tallyline::rehearsal {
namespace json = boost::json;

namespace {

std::string line_of(const json::object& o) { return json::serialize(o) + '\n'; }

std::string_view text_of(const json::value* v) { return v && v->is_string() ? std::string_view(v->get_string()) : ""; }

understood<json::object> read_object(std::string_view line) {
  boost::system::error_code failed;
  json::parse_options strict;
  strict.max_depth = 2;
  auto v = json::parse(line, failed, {}, strict);
  if (failed || !v.is_object())
    return std::string("not a JSON object: ") + (failed ? failed.message() : "another value");
  return std::move(v.get_object());
}

understood<handset_request> read_dial(const json::object& o) {
  handset_request r;
  r.what = handset_request::kind::dial;
  r.text = text_of(o.if_contains("dial"));
  r.msisdn = read_msisdn(text_of(o.if_contains("msisdn")));
  if (r.text.empty()) return std::string("dial must be a string such as \"*140#\"");
  if (r.msisdn == 0) return std::string("msisdn must be a string of 5 to 15 digits");
  return r;
}

understood<handset_request> read_sms(const json::object& o) {
  handset_request r;
  r.what = handset_request::kind::sms;
  r.text = text_of(o.if_contains("sms"));
  r.to = text_of(o.if_contains("to"));
  r.msisdn = read_msisdn(text_of(o.if_contains("msisdn")));
  if (r.msisdn == 0) return std::string("msisdn must be a string of 5 to 15 digits");
  if (r.to.empty() || r.to.size() > 20) return std::string("to must be a string such as \"140\"");
  return r;
}

understood<handset_request> read_listen(const json::object& o) {
  handset_request r;
  r.what = handset_request::kind::listen;
  r.msisdn = read_msisdn(text_of(o.if_contains("listen")));
  if (r.msisdn == 0) return std::string("listen must be a string of 5 to 15 digits");
  return r;
}

} // namespace

std::uint64_t read_msisdn(std::string_view text) noexcept {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  return whole && text.size() >= 5 && text.size() <= 15 && text.front() != '0' ? n : 0;
}

understood<handset_request> read_request(std::string_view line) {
  const auto o = read_object(line);
  if (!o) return o.error();
  if (o->contains("dial")) return read_dial(*o);
  if (const auto* typed = o->if_contains("answer")) {
    if (!typed->is_string()) return std::string("answer must be a string");
    return handset_request{handset_request::kind::answer, std::string(text_of(typed)), 0};
  }
  if (const auto* hang_up = o->if_contains("hang_up"); hang_up && hang_up->is_bool() && hang_up->get_bool())
    return handset_request{};
  if (o->contains("sms")) return read_sms(*o);
  if (o->contains("listen")) return read_listen(*o);
  return std::string("neither dial, answer, hang_up, sms nor listen");
}

understood<handset_reply> read_reply(std::string_view line) {
  const auto o = read_object(line);
  if (!o) return o.error();
  if (const auto* error = o->if_contains("error"))
    return handset_reply{handset_reply::kind::error, std::string(text_of(error))};
  if (const auto* sms = o->if_contains("sms"); sms && sms->is_string())
    return handset_reply{handset_reply::kind::sms, std::string(text_of(sms))};
  const auto* text = o->if_contains("page");
  const auto* more = o->if_contains("more");
  if (!text || !text->is_string() || !more || !more->is_bool()) return std::string("neither page nor error");
  return handset_reply{more->get_bool() ? handset_reply::kind::question : handset_reply::kind::final,
                       std::string(text_of(text))};
}

std::string dial_line(std::string_view code, std::string_view msisdn) {
  return line_of({{"dial", code}, {"msisdn", msisdn}});
}
std::string answer_line(std::string_view text) { return line_of({{"answer", text}}); }
std::string hang_up_line() { return line_of({{"hang_up", true}}); }
std::string sms_line(std::string_view text, std::string_view to, std::string_view msisdn) {
  return line_of({{"sms", text}, {"to", to}, {"msisdn", msisdn}});
}
std::string listen_line(std::string_view msisdn) { return line_of({{"listen", msisdn}}); }
std::string sms_came_line(std::string_view text, std::string_view from) {
  return line_of({{"sms", text}, {"from", from}});
}
std::string page_line(std::string_view text, bool more) { return line_of({{"page", text}, {"more", more}}); }
std::string error_line(std::string_view what) { return line_of({{"error", what}}); }

} // namespace tallyline::rehearsal
