// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/unit_record.hpp"

#include <charconv>

namespace fa_check {

namespace {

// Numbers and texts one after the other, each text behind its length: nothing to escape, and a
// record of a few kilobytes is read in microseconds.
class Writer {
 public:
  void put(unsigned number) { text_ += std::to_string(number) + " "; }
  void put(bool flag) { put(flag ? 1U : 0U); }
  void put(const std::string& text) {
    put(static_cast<unsigned>(text.size()));
    text_ += text;
  }
  template <class List, class Each>
  void list(const List& all, Each&& each) {
    put(static_cast<unsigned>(all.size()));
    for (const auto& element : all) each(element);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  unsigned number() {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    const auto length = static_cast<std::size_t>(end - text_.data());
    if (error != std::errc() || length >= text_.size() || text_[length] != ' ') {
      good_ = false;
      text_ = {};
      return 0;
    }
    text_.remove_prefix(length + 1);
    return value;
  }
  std::string text() {
    const unsigned size = number();
    if (size > text_.size()) {
      good_ = false;
      return {};
    }
    std::string value(text_.substr(0, size));
    text_.remove_prefix(size);
    return value;
  }
  template <class Each>
  void list(Each&& each) {
    const unsigned count = number();
    for (unsigned i = 0; i < count && good_; ++i) each();
  }
  bool done() const { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

constexpr const char* kHead = "framealloc.unit.v2";

void put(Writer& out, const Fix& fix) {
  out.put(fix.message);
  out.list(fix.edits, [&](const Edit& edit) {
    out.put(edit.file);
    for (const unsigned number : {edit.line, edit.column, edit.end_line, edit.end_column}) {
      out.put(number);
    }
    out.put(edit.text);
  });
}

void put(Writer& out, const std::vector<Related>& places) {
  out.list(places, [&](const Related& place) {
    out.put(place.file);
    out.put(place.line);
    out.put(place.column);
    out.put(place.message);
  });
}

void put(Writer& out, const Finding& finding) {
  out.put(finding.code);
  out.put(finding.file);
  for (const unsigned number :
       {finding.line, finding.column, finding.end_line, finding.end_column}) {
    out.put(number);
  }
  out.put(finding.function);
  out.put(finding.message);
  out.list(finding.notes, [&](const std::string& note) { out.put(note); });
  put(out, finding.related);
  out.put(finding.fix.has_value());
  if (finding.fix) put(out, *finding.fix);
}

void put(Writer& out, const Intent& intent) {
  for (const unsigned number : {intent.line, intent.column, intent.end_line, intent.end_column}) {
    out.put(number);
  }
  out.put(intent.owner);
  out.put(intent.of_thread);
  put(out, intent.ends);
}

std::vector<Related> read_places(Reader& in) {
  std::vector<Related> places;
  in.list([&] {
    Related place;
    place.file = in.text();
    place.line = in.number();
    place.column = in.number();
    place.message = in.text();
    places.push_back(std::move(place));
  });
  return places;
}

Intent read_intent(Reader& in) {
  Intent intent;
  for (unsigned* number : {&intent.line, &intent.column, &intent.end_line, &intent.end_column}) {
    *number = in.number();
  }
  intent.owner = in.text();
  intent.of_thread = in.number() != 0;
  intent.ends = read_places(in);
  return intent;
}

Finding read_finding(Reader& in) {
  Finding finding;
  finding.code = in.number();
  finding.file = in.text();
  for (unsigned* number :
       {&finding.line, &finding.column, &finding.end_line, &finding.end_column}) {
    *number = in.number();
  }
  finding.function = in.text();
  finding.message = in.text();
  in.list([&] { finding.notes.push_back(in.text()); });
  finding.related = read_places(in);
  if (in.number() != 0) {
    Fix fix;
    fix.message = in.text();
    in.list([&] {
      Edit edit;
      edit.file = in.text();
      for (unsigned* number : {&edit.line, &edit.column, &edit.end_line, &edit.end_column}) {
        *number = in.number();
      }
      edit.text = in.text();
      fix.edits.push_back(std::move(edit));
    });
    finding.fix = std::move(fix);
  }
  return finding;
}

}  // namespace

std::string record_of(const UnitResult& result) {
  Writer out;
  out.put(std::string(kHead));
  out.put(result.parsed);
  out.list(result.parse_errors, [&](const std::string& error) { out.put(error); });
  out.list(result.findings, [&](const Finding& finding) { put(out, finding); });
  out.list(result.intents, [&](const Intent& intent) { put(out, intent); });
  out.list(result.headers, [&](const std::string& header) { out.put(header); });
  out.list(result.assumptions, [&](const Assumption& assumption) {
    out.put(assumption.file);
    out.put(assumption.line);
    out.put(assumption.function);
    out.put(assumption.message);
  });
  out.put(result.functions);
  out.put(result.gave_up);
  out.put(result.model_seen);
  return out.take();
}

std::optional<UnitResult> read_record(std::string_view text) {
  Reader in(text);
  if (in.text() != kHead) return std::nullopt;
  UnitResult result;
  result.parsed = in.number() != 0;
  in.list([&] { result.parse_errors.push_back(in.text()); });
  in.list([&] { result.findings.push_back(read_finding(in)); });
  in.list([&] { result.intents.push_back(read_intent(in)); });
  in.list([&] { result.headers.push_back(in.text()); });
  in.list([&] {
    Assumption assumption;
    assumption.file = in.text();
    assumption.line = in.number();
    assumption.function = in.text();
    assumption.message = in.text();
    result.assumptions.push_back(std::move(assumption));
  });
  result.functions = in.number();
  result.gave_up = in.number();
  result.model_seen = in.number() != 0;
  if (!in.done()) return std::nullopt;
  return result;
}

}  // namespace fa_check
