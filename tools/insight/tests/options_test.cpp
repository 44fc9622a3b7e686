// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fa_insight {
namespace {

std::string read(std::string_view text) {
  const ParsedAddress parsed = parse_address(text);
  return parsed.address ? parsed.address->text() : "";
}

Options parse(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return parse_options(pointers);
}

TEST(InsightAddress, ReadsThisMachine) {
  EXPECT_EQ(read("127.0.0.1:7070"), "127.0.0.1:7070");
  EXPECT_EQ(read("127.8.9.10:1"), "127.8.9.10:1");
  EXPECT_EQ(read("localhost:80"), "127.0.0.1:80");
  EXPECT_EQ(read("[::1]:80"), "[::1]:80");
  EXPECT_EQ(read("::1"), "[::1]:0");
  EXPECT_EQ(read("127.0.0.1"), "127.0.0.1:0");
  EXPECT_EQ(read("8080"), "127.0.0.1:8080");
  EXPECT_EQ(read(":8080"), "127.0.0.1:8080");
}

TEST(InsightAddress, RefusesEveryOther) {
  for (const char* text : {"0.0.0.0:80", "192.168.0.2:80", "[::]:80", "::", "example.org:80",
                           "128.0.0.1", "localhost.example.org:1", "127.0.0.1.example.org:1",
                           "[::1", "[::1]80", "[::ffff:10.0.0.1]:1"}) {
    const ParsedAddress parsed = parse_address(text);
    EXPECT_FALSE(parsed.address) << text;
    EXPECT_NE(parsed.complaint.find("127.0.0.1:PORT"), std::string::npos) << text;
  }
  for (const char* text : {"127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "localhost:-1", ""}) {
    EXPECT_EQ(read(text), "") << text;
  }
}

TEST(InsightAddress, KnowsTheHostsOfThisMachineInRequests) {
  EXPECT_TRUE(is_loopback_host("127.0.0.1:7070"));
  EXPECT_TRUE(is_loopback_host("localhost:7070"));
  EXPECT_TRUE(is_loopback_host("[::1]:7070"));
  EXPECT_FALSE(is_loopback_host("game.example.org:7070"));
  EXPECT_FALSE(is_loopback_host(""));
}

TEST(InsightOptions, ReadsEverything) {
  const Options options = parse({"--directory", "d", "--serve=localhost:9", "--interval", "250"});
  EXPECT_EQ(options.complaint, "");
  EXPECT_EQ(options.directory, "d");
  EXPECT_EQ(options.address.port, 9);
  EXPECT_EQ(options.interval.count(), 250);
  EXPECT_TRUE(options.once.empty());
  EXPECT_EQ(parse({"--once", "x.html"}).once, "x.html");
  EXPECT_TRUE(parse({"-h"}).help);
  EXPECT_TRUE(parse({"--version"}).version);
  const Options none = parse({});
  EXPECT_EQ(none.directory, "target/framealloc");
  EXPECT_EQ(none.address.text(), "127.0.0.1:0");
}

TEST(InsightOptions, SaysWhatIsWrong) {
  const auto complaint = [](std::vector<std::string> words) {
    return parse(std::move(words)).complaint;
  };
  EXPECT_EQ(complaint({"--port", "80"}), "no option '--port'");
  EXPECT_EQ(complaint({"--help=1"}), "--help has the value '1'; expected no value: it is a switch");
  EXPECT_EQ(complaint({"--serve"}), "--serve has no value; expected HOST:PORT");
  EXPECT_NE(complaint({"--serve", "0.0.0.0:1"}).find("shown to nobody else"), std::string::npos);
  EXPECT_NE(complaint({"--interval", "49"}).find("from 50 to 60000"), std::string::npos);
  EXPECT_NE(complaint({"--interval", "1s"}).find("'1s'"), std::string::npos);
  EXPECT_NE(complaint({"--directory="}).find("has no value; expected a directory"),
            std::string::npos);
  EXPECT_NE(complaint({"--once", "a", "--serve", "1"}).find("--once and --serve"),
            std::string::npos);
}

}  // namespace
}  // namespace fa_insight
