// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a text is well-formed XML, as far as this library writes any, and what its elements are.
#pragma once

#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc::testing {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // within it, entities resolved; that of its children is theirs
  std::size_t depth = 0;
  [[nodiscard]] double number(const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? -1 : std::strtod(found->second.c_str(), nullptr);
  }
  [[nodiscard]] bool has_class(std::string_view name_of_class) const {
    const auto found = attributes.find("class");
    if (found == attributes.end()) return false;
    return (" " + found->second + " ").find(" " + std::string(name_of_class) + " ") !=
           std::string::npos;
  }
};

class XmlCheck {
 public:
  explicit XmlCheck(std::string_view text) : text_(text) {
    while (fault_.empty() && at_ < text_.size()) {
      if (text_[at_] == '<') {
        take_tag();
      } else {
        take_text();
      }
    }
    if (fault_.empty() && !open_.empty()) fail("an element is not closed");
    if (fault_.empty() && elements_.empty()) fail("there is no element");
  }
  // Result: "", or the first thing that is wrong, with its place.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] const std::vector<XmlElement>& elements() const { return elements_; }
  [[nodiscard]] std::vector<const XmlElement*> of_class(std::string_view name) const {
    std::vector<const XmlElement*> found;
    for (const XmlElement& element : elements_) {
      if (element.has_class(name)) found.push_back(&element);
    }
    return found;
  }
  // Result: the texts of all elements of that name, in order.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> found;
    for (const XmlElement& element : elements_) {
      if (element.name == name) found.push_back(element.text);
    }
    return found;
  }

 private:
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = what + " at byte " + std::to_string(at_);
  }
  std::string take_name() {
    std::string name;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == ':')) {
      name += text_[at_++];
    }
    if (name.empty()) fail("a name is missing");
    return name;
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  // One character of text or of an attribute's value.
  void take_character(std::string& into) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '&') {
      for (const auto& [entity, meaning] : {std::pair<std::string_view, char>{"&amp;", '&'},
                                            {"&lt;", '<'},
                                            {"&gt;", '>'},
                                            {"&quot;", '"'}}) {
        if (!take(entity)) continue;
        into += meaning;
        return;
      }
      return fail("a bare ampersand");
    }
    if (byte < 0x20 && byte != '\n') fail("a control character");
    into += text_[at_++];
  }
  void take_tag() {
    ++at_;
    if (take("/")) {
      const std::string name = take_name();
      if (!take(">")) return fail("no end of a closing tag");
      if (open_.empty() || elements_[open_.back()].name != name) return fail("</" + name + ">");
      open_.pop_back();
      return;
    }
    XmlElement element;
    element.name = take_name();
    element.depth = open_.size();
    for (skip_space(); fault_.empty() && at_ < text_.size(); skip_space()) {
      const bool empty = take("/>");
      if (empty || take(">")) {
        if (element.depth == 0 && !elements_.empty()) return fail("a second root");
        if (!empty) open_.push_back(elements_.size());
        elements_.push_back(std::move(element));
        return;
      }
      const std::string name = take_name();
      if (!take("=\"")) return fail("no value of an attribute");
      std::string value;
      while (fault_.empty() && at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '<') return fail("< in an attribute");
        take_character(value);
      }
      if (!take("\"")) return fail("no end of an attribute");
      if (!element.attributes.emplace(name, value).second) return fail("an attribute twice");
    }
    fail("no end of a tag");
  }
  void take_text() {
    std::string text;
    while (fault_.empty() && at_ < text_.size() && text_[at_] != '<') take_character(text);
    if (!open_.empty()) {
      elements_[open_.back()].text += text;
    } else if (text.find_first_not_of(" \n") != std::string::npos) {
      fail("text outside of the root");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string fault_;
  std::vector<XmlElement> elements_;
  std::vector<std::size_t> open_;
};

}  // namespace framealloc::testing
