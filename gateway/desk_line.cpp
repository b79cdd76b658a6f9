#include "gateway/desk_line.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace tallyline::gateway {

namespace json = boost::json;

std::string to_line(const desk_report& r) {
  json::object o;
  o["form"] = r.what.form, o["scope"] = r.what.scope, o["follows"] = r.what.follows;
  o["once"] = r.what.once, o["many"] = r.what.many, o["told"] = r.told, o["text"] = r.text;
  json::array key, fields;
  for (const auto& part : r.what.key)
    key.emplace_back(part);
  for (const auto& f : r.what.fields)
    fields.push_back(json::array{f.name, std::get<std::string>(f.value)});
  o["key"] = std::move(key), o["fields"] = std::move(fields);
  return "desk " + json::serialize(o);
}

std::optional<desk_report> desk_report_from_line(std::string_view line) {
  if (!line.starts_with("desk ")) return std::nullopt;
  try {
    const auto o = json::parse(line.substr(5)).as_object();
    const auto text = [&](const char* name) { return std::string(o.at(name).as_string()); };
    desk_report r;
    r.what.form = text("form"), r.what.scope = text("scope"), r.what.follows = text("follows"), r.text = text("text");
    r.what.once = o.at("once").as_bool(), r.what.many = o.at("many").as_bool();
    r.told = o.at("told").to_number<std::uint64_t>();
    for (const auto& part : o.at("key").as_array())
      r.what.key.emplace_back(part.as_string());
    for (const auto& f : o.at("fields").as_array())
      r.what.fields.push_back(
          {std::string(f.as_array().at(0).as_string()), std::string(f.as_array().at(1).as_string()), false});
    return r;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void sign(storage::report& r, const std::string& login, const std::string& area, std::int64_t now_ms) {
  r.account = login, r.within = area;
  r.role = "headquarters";
  r.by = storage::bearer::console;
  r.menu_version = "console";
  r.time_ms = now_ms;
  r.fields.push_back({"by", login, false});
}

std::string to_line(const storage::outcome& o) { return fmt::format("{} {}", o.receipt, o.ticket); }

} // namespace tallyline::gateway
