#include "storage/csv.h"

#include "storage/text.h"

#include <fmt/format.h>

namespace tallyline::storage::csv {

reader::reader(std::string_view bytes) : bytes_(bytes) {
  if (bytes_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

reader::step reader::next(row& out, fault& wrong) {
  while (at_ < bytes_.size() && at_line_end())
    skip_line_end();
  if (at_ >= bytes_.size()) return step::end;
  row_start_ = at_;
  out.line = line_;
  out.cells.clear();
  for (;;) {
    if (out.cells.size() == most_cells) {
      refuse(wrong, fmt::format("more than {} columns", most_cells), "remove what does not belong here");
      skip_line();
      return step::fault;
    }
    if (!cell_into(out.cells.emplace_back(), wrong)) {
      skip_line();
      return step::fault;
    }
    if (at_ >= bytes_.size() || at_line_end()) break;
    take(); // the comma
  }
  skip_line_end();
  return step::row;
}

bool reader::cell_into(cell& out, fault& wrong) {
  out.column = column_;
  const fault start{line_, column_, {}, {}};
  const bool quoted = at_ < bytes_.size() && bytes_[at_] == '"';
  if (!(quoted ? quoted_into(out, wrong) : bare_into(out, wrong))) return false;
  const std::size_t bad = bad_utf8_at(out.text);
  if (bad != std::string_view::npos) {
    wrong = start;
    wrong.what = fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(out.text[bad]));
    wrong.hint = "save the file as UTF-8";
    return false;
  }
  if (out.text.find('\0') == std::string::npos) return true;
  wrong = start;
  wrong.what = "a zero byte in the text";
  wrong.hint = "save the file as UTF-8, not UTF-16";
  return false;
}

bool reader::quoted_into(cell& out, fault& wrong) {
  const fault start{line_, column_, {}, {}};
  take();
  for (;;) {
    if (at_ >= bytes_.size() || at_ - row_start_ > longest_row) {
      wrong = start;
      return stray_quote(wrong, "a quote is opened here and never closed");
    }
    if (bytes_[at_] != '"') {
      out.text.push_back(take());
      continue;
    }
    take();
    if (at_ < bytes_.size() && bytes_[at_] == '"') {
      out.text.push_back(take());
      continue;
    }
    if (at_ >= bytes_.size() || bytes_[at_] == ',' || at_line_end()) return true;
    if (line_ == start.line)
      return refuse(wrong, "text after a closing quote", "write a quote inside a quoted cell twice: \"\"");
    wrong = start;
    return stray_quote(wrong,
                       fmt::format("a quote is opened here and closed on line {} in the middle of a cell", line_));
  }
}

bool reader::stray_quote(fault& wrong, std::string what) {
  wrong.what = std::move(what);
  wrong.hint = "add the closing \"";
  // What the quote has swallowed is read again from the next line on, so that its errors are named too.
  at_ = row_start_;
  line_ = wrong.line;
  return false;
}

bool reader::bare_into(cell& out, fault& wrong) {
  while (at_ < bytes_.size() && bytes_[at_] != ',' && !at_line_end()) {
    if (bytes_[at_] == '"')
      return refuse(wrong, "a quote in the middle of a cell",
                    "put the whole cell in quotes and write the quote twice: \"\"");
    if (bytes_[at_] == '\r')
      return refuse(wrong, "a carriage return in the middle of a line", "end lines with LF or CRLF");
    if (at_ - row_start_ > longest_row)
      return refuse(wrong, fmt::format("a line longer than {} bytes", longest_row), "is this the right file?");
    out.text.push_back(take());
  }
  return true;
}

bool reader::at_line_end() const {
  if (bytes_[at_] == '\n') return true;
  return bytes_[at_] == '\r' && (at_ + 1 == bytes_.size() || bytes_[at_ + 1] == '\n');
}

void reader::skip_line_end() {
  if (at_ < bytes_.size() && bytes_[at_] == '\r') ++at_;
  if (at_ < bytes_.size() && bytes_[at_] == '\n') ++at_;
  ++line_;
  column_ = 1;
}

void reader::skip_line() {
  const std::size_t end = bytes_.find('\n', at_);
  at_ = end == std::string_view::npos ? bytes_.size() : end + 1;
  ++line_;
  column_ = 1;
}

char reader::take() {
  const char c = bytes_[at_++];
  if (c == '\n') {
    ++line_;
    column_ = 1;
  } else if ((c & 0xC0) != 0x80) {
    ++column_; // continuation bytes of UTF-8 are not characters of their own
  }
  return c;
}

bool reader::refuse(fault& wrong, std::string what, std::string hint) const {
  wrong = {line_, column_, std::move(what), std::move(hint)};
  return false;
}

} // namespace tallyline::storage::csv
