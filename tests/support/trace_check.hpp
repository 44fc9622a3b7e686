// SPDX-License-Identifier: MIT OR Apache-2.0
// A trace, read back and held against the Trace Event format.
#pragma once

#include <gtest/gtest.h>

#include "../tools/test_support/json_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace framealloc::testing {

using fa_test::Json;

class CheckedTrace {
 public:
  explicit CheckedTrace(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    const auto json = fa_test::JsonReader::read(text.str());
    EXPECT_TRUE(json.has_value() && json->kind == Json::Kind::Array) << text.str();
    if (json) events_ = json->items;
    for (const Json& event : events_) check_keys(event);
    check_times();
    check_nesting();
  }

  const std::vector<Json>& events() const { return events_; }
  // Result: those of a phase ("X", "i", "C", "M") and name; "" is any name.
  std::vector<const Json*> all(const std::string& phase, const std::string& name = "") const {
    std::vector<const Json*> found;
    for (const Json& event : events_) {
      if (event.at("ph")->text == phase && (name.empty() || event.at("name")->text == name)) {
        found.push_back(&event);
      }
    }
    return found;
  }
  // Result: the last name of the track; "" when it has none.
  std::string track_name(double track) const {
    std::string name;
    for (const Json* event : all("M", "thread_name")) {
      if (event->at("tid")->number == track) name = event->at("args.name")->text;
    }
    return name;
  }

 private:
  static bool is(const Json& event, const char* key, Json::Kind kind) {
    const Json* const value = event.at(key);
    return value != nullptr && value->kind == kind;
  }
  static double begin_of(const Json& event) { return event.at("ts")->number; }
  static double end_of(const Json& event) {
    return begin_of(event) + (event.at("dur") == nullptr ? 0 : event.at("dur")->number);
  }
  void check_keys(const Json& event) {
    ASSERT_EQ(event.kind, Json::Kind::Object);
    ASSERT_TRUE(is(event, "ph", Json::Kind::String) && is(event, "name", Json::Kind::String));
    const std::string phase = event.at("ph")->text, name = event.at("name")->text;
    SCOPED_TRACE(phase + " " + name);
    EXPECT_TRUE(is(event, "pid", Json::Kind::Number) && is(event, "tid", Json::Kind::Number));
    if (phase == "M") {
      if (name == "thread_sort_index") {
        EXPECT_TRUE(is(event, "args.sort_index", Json::Kind::Number));
      } else {
        EXPECT_TRUE(name == "process_name" || name == "thread_name");
        EXPECT_TRUE(is(event, "args.name", Json::Kind::String));
      }
      return;
    }
    ASSERT_TRUE(is(event, "ts", Json::Kind::Number));
    if (phase == "X") {
      ASSERT_TRUE(is(event, "dur", Json::Kind::Number) && is(event, "cat", Json::Kind::String));
      EXPECT_GE(event.at("dur")->number, 0);
    } else if (phase == "i") {
      ASSERT_TRUE(is(event, "s", Json::Kind::String) && is(event, "cat", Json::Kind::String));
      EXPECT_EQ(event.at("s")->text, "t");
    } else {
      ASSERT_EQ(phase, "C");
      ASSERT_TRUE(is(event, "args", Json::Kind::Object));
      EXPECT_FALSE(event.at("args")->members.empty());
      for (const auto& member : event.at("args")->members) {
        EXPECT_EQ(member.value.kind, Json::Kind::Number);
      }
    }
  }
  // What a track or a counter shows was written in the order in which it ended.
  void check_times() {
    std::map<double, double> tracks;
    std::map<std::string, double> counters;
    for (const Json& event : events_) {
      const std::string& phase = event.at("ph")->text;
      if (phase == "M") continue;
      double& latest =
          phase == "C" ? counters[event.at("name")->text] : tracks[event.at("tid")->number];
      EXPECT_GE(end_of(event) + kSlack, latest) << event.at("name")->text;
      latest = std::max(latest, end_of(event));
    }
  }
  // The bars of a track lie within one another or beside each other.
  void check_nesting() {
    std::map<double, std::vector<const Json*>> tracks;
    for (const Json* bar : all("X")) tracks[bar->at("tid")->number].push_back(bar);
    for (auto& [track, bars] : tracks) {
      std::ranges::sort(bars, [](const Json* a, const Json* b) {
        return begin_of(*a) != begin_of(*b) ? begin_of(*a) < begin_of(*b) : end_of(*a) > end_of(*b);
      });
      std::vector<const Json*> open;
      for (const Json* bar : bars) {
        while (!open.empty() && end_of(*open.back()) <= begin_of(*bar) + kSlack) open.pop_back();
        if (!open.empty()) {
          EXPECT_LE(end_of(*bar), end_of(*open.back()) + kSlack)
              << bar->at("name")->text << " in " << open.back()->at("name")->text;
        }
        open.push_back(bar);
      }
    }
  }

  static constexpr double kSlack = 0.0005;  // microseconds: half of what the file resolves
  std::vector<Json> events_;
};

}  // namespace framealloc::testing
