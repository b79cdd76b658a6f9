#include "gateway/authoring/graph.h"

#include "menus/utf8.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace tallyline::gateway {
namespace {

constexpr int box_width = 250, box_gap = 40, column_gap = 130, line_height = 18, margin = 24;
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
  std::size_t line = 0; // of the box it leaves
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
  const auto stopped = [&](const std::string& question) {
    const auto form = o.stopped.find(f.name);
    const auto at = form == o.stopped.end() ? 0 : form->second.contains(question) ? form->second.at(question) : 0;
    return at ? fmt::format(" ◂ {} stopped", at) : std::string();
  };
  for (const auto& q : f.ask) {
    const std::string left = stopped(q.name);
    b.lines.push_back(
        cut(fmt::format("{}{}: {}", q.when.empty() ? "" : "? ", q.name, kind_of(q)), longest_line - left.size() / 2) +
        left);
  }
  if (const auto left = stopped(""); !left.empty()) b.lines.push_back("not confirmed" + left);
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
      auto& lines = p.boxes[s].lines;
      lines.push_back(fmt::format("{} {}", c.key, cut(written(menu, c.label, o.language), 28)));
      const bool screen = c.what == menus::choice::kind::go, form = c.what == menus::choice::kind::form;
      if (!screen && !form) continue;
      p.arrows.push_back(
          {s, c.target + (form ? menu.screens.size() : 0), lines.back(), lines.size() - 1, !c.when.empty()});
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
  std::vector<std::size_t> order{start};
  for (std::size_t next = 0; next < order.size(); ++next)
    for (const auto& a : p.arrows) {
      if (a.from != order[next] || p.boxes[a.to].column != unreached) continue;
      last = p.boxes[a.to].column = p.boxes[a.from].column + 1;
      order.push_back(a.to);
    }
  for (std::size_t b = 0; b < p.boxes.size(); ++b)
    if (p.boxes[b].column == unreached) p.boxes[b].column = last + 1, order.push_back(b);
  std::vector<int> filled(last + 2, margin);
  for (const std::size_t index : order) { // a column in the order in which arrows arrive, so that few cross
    box& b = p.boxes[index];
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

// From the line of its choice to the middle of the box it leads to; one that goes back runs below, in grey.
void draw(std::string& out, const picture& p, const arrow& a) {
  const box &from = p.boxes[a.from], &to = p.boxes[a.to];
  const char* dashed = a.conditional ? R"( stroke-dasharray="6 4")" : "";
  const int x1 = from.x + box_width, y1 = from.y + 18 + static_cast<int>(a.line) * line_height;
  if (to.column <= from.column) {
    const int low = std::max(from.y + from.height, to.y + to.height) + box_gap;
    out += fmt::format(R"(<path class="back" d="M{},{} C{},{} {},{} {},{}"{}/>)", x1, y1, x1 + 60, low,
                       to.x + box_width, low, to.x + box_width - 30, to.y + to.height, dashed);
  } else {
    const int x2 = to.x - 8, y2 = to.y + 18, middle = (x1 + x2) / 2;
    out += fmt::format(R"x(<path d="M{},{} C{},{} {},{} {},{}" marker-end="url(#tip)"{}/>)x", x1, y1, middle, y1,
                       middle, y2, x2, y2, dashed);
  }
  out += '\n';
}

} // namespace

std::string to_mermaid(const menus::script& menu, const graph_options& options) {
  const picture p = picture_of(menu, options);
  std::string out = "flowchart LR\n";
  for (std::size_t b = 0; b < p.boxes.size(); ++b) {
    std::string text;
    const auto& lines = p.boxes[b].lines; // a screen's choices are on its arrows
    for (std::size_t l = 0; l < lines.size() && (p.boxes[b].form || l < 2); ++l)
      text += (l ? "<br>" : "") + escaped(lines[l]);
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
  for (const auto& a : p.arrows)
    draw(out, p, a);
  for (const auto& b : p.boxes)
    draw(out, b);
  return out + "</svg>\n";
}

} // namespace tallyline::gateway
