// SPDX-License-Identifier: MIT OR Apache-2.0
// Taking foreign JSON apart, member by member.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

namespace fa_formats {

using Json = nlohmann::json;

// Result: what to call the value in a complaint.
inline std::string kind_of(const Json& value) {
  if (value.is_number()) return value.is_number_unsigned() ? "a number" : value.dump();
  if (value.is_string()) return "a text";
  if (value.is_null()) return "null";
  return value.is_object() ? "an object" : value.is_array() ? "an array" : "a boolean";
}

// Takes a document apart. The first fault is kept; after it every value is empty.
class Taker {
 public:
  std::string fault;

  void fail(const std::string& where, const std::string& is, std::string_view wanted) {
    if (!fault.empty()) return;
    fault.append(where).append(is).append("; expected ").append(wanted);
  }
  // Result: the member, or null after a complaint.
  const Json* member(const Json& object, const char* key, const std::string& where,
                     std::string_view wanted) {
    if (!fault.empty()) return nullptr;
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
    fail(where + "/" + key, " is missing", wanted);
    return nullptr;
  }
  std::uint64_t number(const Json& object, const char* key, const std::string& where) {
    constexpr const char* kWanted = "a whole number, 0 or more";
    const Json* const value = member(object, key, where, kWanted);
    if (value == nullptr) return 0;
    if (value->is_number_unsigned()) return value->get<std::uint64_t>();
    fail(where + "/" + key, " is " + kind_of(*value), kWanted);
    return 0;
  }
  std::size_t bytes(const Json& object, const char* key, const std::string& where) {
    return static_cast<std::size_t>(number(object, key, where));
  }
  unsigned index(const Json& object, const char* key, const std::string& where) {
    const std::uint64_t value = number(object, key, where);
    if (value <= std::numeric_limits<unsigned>::max()) return static_cast<unsigned>(value);
    fail(where + "/" + key, " is " + std::to_string(value), "an index");
    return 0;
  }
  double real(const Json& object, const char* key, const std::string& where) {
    const Json* const value = member(object, key, where, "a number");
    if (value == nullptr) return 0;
    if (value->is_number()) return value->get<double>();
    fail(where + "/" + key, " is " + kind_of(*value), "a number");
    return 0;
  }
  std::string text(const Json& object, const char* key, const std::string& where) {
    const Json* const value = member(object, key, where, "a text");
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    fail(where + "/" + key, " is " + kind_of(*value), "a text");
    return {};
  }
  const Json& object(const Json& parent, const char* key, const std::string& where) {
    return of_kind(parent, key, where, "an object", &Json::is_object, empty_object_);
  }
  const Json& array(const Json& parent, const char* key, const std::string& where) {
    return of_kind(parent, key, where, "an array", &Json::is_array, empty_array_);
  }
  bool boolean(const Json& object, const char* key, const std::string& where) {
    const Json* const value = member(object, key, where, "true or false");
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    fail(where + "/" + key, " is " + kind_of(*value), "true or false");
    return false;
  }
  // Result: the one of `values` whose name the text is, the first after a complaint. Their names
  // are those of to_string(), found as such.
  template <class Value>
  Value word(const Json& object, const char* key, const std::string& where,
             std::initializer_list<Value> values) {
    const std::string given = text(object, key, where);
    std::string wanted;
    for (const Value value : values) {
      if (to_string(value) == given) return value;
      if (!wanted.empty()) wanted += ", ";
      wanted += to_string(value);
    }
    fail(where + "/" + key, " is '" + given + "'", "one of " + wanted);
    return *values.begin();
  }
  // Effect: visits the objects of an array with their place.
  template <class Visit>
  void each(const Json& parent, const char* key, const std::string& where, Visit&& visit) {
    const Json& all = array(parent, key, where);
    for (std::size_t i = 0; i < all.size() && fault.empty(); ++i) {
      const std::string here = where + "/" + key + "/" + std::to_string(i);
      if (!all[i].is_object()) return fail(here, " is " + kind_of(all[i]), "an object");
      visit(all[i], here);
    }
  }

 private:
  const Json& of_kind(const Json& parent, const char* key, const std::string& where,
                      const char* wanted, bool (Json::*is)() const noexcept, const Json& empty) {
    const Json* const value = member(parent, key, where, wanted);
    if (value == nullptr) return empty;
    if ((value->*is)()) return *value;
    fail(where + "/" + key, " is " + kind_of(*value), wanted);
    return empty;
  }

  const Json empty_object_ = Json::object();
  const Json empty_array_ = Json::array();
};

}  // namespace fa_formats
