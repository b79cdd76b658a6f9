#include "gateway/authoring/graph.h"

#include "menus/utf8.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <vector>

namespace tallyline::gateway {
namespace {

constexpr int box_width = 250, box_gap = 40, column_gap = 230, line_height = 18, margin = 24;
constexpr std::size_t longest_line = 34; // characters of a box or a label

// A text as the script writes it: what stands in braces shows as …
std::string written(const menus::script& menu, menus::text_id id, std::uint16_t language) {
  if (id == menus::no_text) return {};
  const auto& t = menu.text(id, language);
  std::string out;
  for (const auto& p : t.parts)
    out += p.program < 0 ? t.literal.substr(p.from, p.size) : "…";
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::string cut(const std::string& text, std::size_t most = longest_line) {
  std::size_t at = 0;
  for (std::size_t n = 0; n < most && at < text.size(); ++n)
    menus::next_character(text, at);
  return at < text.size() ? text.substr(0, at) + "…" : text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '#')
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  return out;
}

struct box {
  std::vector<std::string> lines; // the first is its name
  bool form = false;
  std::size_t column = 0;
  int x = 0, y = 0, height = 0;
};
struct arrow {
  std::size_t from = 0, to = 0;
  std::string label;
  bool conditional = false;
};
struct picture {
  std::vector<box> boxes; // the screens, then the forms
  std::vector<arrow> arrows;
};

std::string kind_of(const menus::question& q) {
  using enum menus::question::kind;
  if (q.each) return "a number for each";
  switch (q.what) {
  case number:
    return "number";
  case text:
    return "text";
  case choose:
  case choice:
    return "choice";
  case yes_no:
    return "yes or no";
  case time:
    return "time";
  case date:
    return "date";
  case national_code:
    return "national code";
  case phone:
    return "phone";
  case list:
    return "list";
  }
  return {};
}

box of_form(const menus::form& f, const graph_options& o) {
  box b;
  b.form = true;
  b.lines.push_back(f.name);
  if (const auto note = o.notes.find(f.name); note != o.notes.end()) b.lines.push_back(note->second);
  for (const auto& q : f.ask)
    b.lines.push_back(cut(fmt::format("{}{}: {}", q.when.empty() ? "" : "? ", q.name, kind_of(q))));
  const auto musts = std::count_if(f.rules.begin(), f.rules.end(), [](const auto& r) { return r.must; });
  if (!f.rules.empty())
    b.lines.push_back(fmt::format("must: {}, warn: {}", musts, static_cast<std::ptrdiff_t>(f.rules.size()) - musts));
  return b;
}

picture picture_of(const menus::script& menu, const graph_options& o) {
  picture p;
  for (const auto& s : menu.screens)
    p.boxes.push_back({{s.name, cut(written(menu, s.text, o.language))}, false, 0, 0, 0, 0});
  for (const auto& f : menu.forms)
    p.boxes.push_back(of_form(f, o));
  for (std::size_t s = 0; s < menu.screens.size(); ++s)
    for (const auto& c : menu.screens[s].choices) {
      const bool screen = c.what == menus::choice::kind::go, form = c.what == menus::choice::kind::form;
      if (!screen && !form) continue;
      p.arrows.push_back({s, c.target + (form ? menu.screens.size() : 0),
                          fmt::format("{} {}", c.key, cut(written(menu, c.label, o.language), 24)), !c.when.empty()});
    }
  return p;
}

// In columns by the fewest answers from the start; what nothing leads to stands last.
int place(picture& p, std::size_t start) {
  const std::size_t unreached = p.boxes.size() + 1;
  for (auto& b : p.boxes)
    b.column = unreached;
  p.boxes[start].column = 0;
  std::size_t last = 0;
  for (std::deque<std::size_t> open{start}; !open.empty(); open.pop_front())
    for (const auto& a : p.arrows) {
      if (a.from != open.front() || p.boxes[a.to].column != unreached) continue;
      last = p.boxes[a.to].column = p.boxes[a.from].column + 1;
      open.push_back(a.to);
    }
  std::vector<int> filled(last + 2, margin);
  for (auto& b : p.boxes) {
    if (b.column == unreached) b.column = last + 1;
    b.height = static_cast<int>(b.lines.size()) * line_height + 16;
    b.x = margin + static_cast<int>(b.column) * (box_width + column_gap);
    b.y = filled[b.column];
    filled[b.column] += b.height + box_gap;
  }
  return *std::max_element(filled.begin(), filled.end());
}

void draw(std::string& out, const box& b) {
  out += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" rx="8" class="{}"/>)", b.x, b.y, box_width, b.height,
                     b.form ? "form" : "screen");
  for (std::size_t l = 0; l < b.lines.size(); ++l)
    out += fmt::format(R"(<text x="{}" y="{}"{}>{}</text>)", b.x + 12, b.y + 22 + static_cast<int>(l) * line_height,
                       l ? "" : R"( class="name")", escaped(b.lines[l]));
  out += '\n';
}

// Arrows that arrive at the same box are spread over its side, those that leave over the other; one that goes back runs
// below and has no label, since it is the way home.
void draw(std::string& out, const picture& p, std::size_t index) {
  const arrow& a = p.arrows[index];
  const box &from = p.boxes[a.from], &to = p.boxes[a.to];
  const auto rank = [&](auto same) {
    int before = 0, all = 0;
    for (std::size_t i = 0; i < p.arrows.size(); ++i)
      if (same(p.arrows[i])) before += i < index, ++all;
    return std::pair(before + 1, all + 1);
  };
  const auto [out_rank, out_all] = rank([&](const arrow& other) { return other.from == a.from; });
  const auto [in_rank, in_all] = rank([&](const arrow& other) { return other.to == a.to; });
  const int y1 = from.y + from.height * out_rank / out_all, y2 = to.y + to.height * in_rank / in_all;
  const char* dashed = a.conditional ? R"( stroke-dasharray="6 4")" : "";
  if (to.column <= from.column) {
    const int low = std::max(from.y + from.height, to.y + to.height) + box_gap / 2;
    out += fmt::format(R"(<path class="back" d="M{},{} C{},{} {},{} {},{}"{}/>)", from.x + 30, from.y + from.height,
                       from.x, low, to.x + box_width, low, to.x + box_width - 30, to.y + to.height, dashed);
    return void(out += '\n');
  }
  const int x1 = from.x + box_width, x2 = to.x - 8, middle = (x1 + x2) / 2;
  out += fmt::format(R"x(<path d="M{},{} C{},{} {},{} {},{}" marker-end="url(#tip)"{}/>)x", x1, y1, middle, y1, middle,
                     y2, x2, y2, dashed);
  out += fmt::format(R"(<text class="label" x="{}" y="{}">{}</text>)", x1 + 8, y1 - 4, escaped(a.label)) + '\n';
}

} // namespace

std::string to_mermaid(const menus::script& menu, const graph_options& options) {
  const picture p = picture_of(menu, options);
  std::string out = "flowchart LR\n";
  for (std::size_t b = 0; b < p.boxes.size(); ++b) {
    std::string text;
    for (const auto& line : p.boxes[b].lines)
      text += (text.empty() ? "" : "<br>") + escaped(line);
    const auto [open, close] = p.boxes[b].form ? std::pair("[[", "]]") : std::pair("[", "]");
    out += fmt::format("  n{}{}\"{}\"{}\n", b, open, text, close);
  }
  for (const auto& a : p.arrows)
    out += fmt::format("  n{} {}|\"{}\"| n{}\n", a.from, a.conditional ? "-.->" : "-->", escaped(a.label), a.to);
  return out;
}

std::string to_svg(const menus::script& menu, const graph_options& options) {
  picture p = picture_of(menu, options);
  const int height = place(p, menu.start) + margin;
  std::size_t columns = 0;
  for (const auto& b : p.boxes)
    columns = std::max(columns, b.column + 1);
  const int width = 2 * margin + static_cast<int>(columns) * (box_width + column_gap) - column_gap;
  std::string out =
      fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">
<style>text{{font:13px sans-serif;fill:#223}}.name{{font-weight:bold;font-size:14px}}.label{{font-size:12px;fill:#456}}
rect{{stroke:#345;stroke-width:1.2}}.screen{{fill:#eef4fb}}.form{{fill:#eaf7ea}}path{{fill:none;stroke:#789;stroke-width:1.4}}.back{{stroke:#bbc}}</style>
<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="1" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z" style="fill:#789;stroke:none"/></marker></defs>
<rect width="100%" height="100%" style="fill:white;stroke:none"/>
)",
                  width, height);
  for (std::size_t a = 0; a < p.arrows.size(); ++a)
    draw(out, p, a);
  for (const auto& b : p.boxes)
    draw(out, b);
  return out + "</svg>\n";
}

} // namespace tallyline::gateway
