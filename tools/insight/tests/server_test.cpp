// SPDX-License-Identifier: MIT OR Apache-2.0
#include "server.hpp"

#include "game.hpp"
#include "test_support/json_reader.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

#include <string>
#include <thread>

namespace fa_insight {
namespace {

using fa_insight_test::Folder;
using fa_insight_test::Game;
using fa_insight_test::RunningGame;
using fa_test::Json;
using fa_test::JsonReader;

class InsightServer : public ::testing::Test {
 protected:
  InsightServer() : store_(folder_.path()), server_(store_, std::chrono::milliseconds(50)) {
    EXPECT_TRUE(server_.bind(Address{}));
    EXPECT_GT(server_.address().port, 0);
    thread_ = std::thread([this] { EXPECT_TRUE(server_.run()); });
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_.address().port);
  }
  ~InsightServer() override {
    client_.reset();
    server_.stop();
    thread_.join();
  }
  httplib::Result get(const std::string& path, const httplib::Headers& headers = {}) {
    return client_->Get(path, headers);
  }
  Json json(const std::string& path) {
    const httplib::Result answer = get(path);
    EXPECT_TRUE(answer);
    if (!answer) return {};
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
    const auto value = JsonReader::read(answer->body);
    EXPECT_TRUE(value) << answer->body;
    return value ? *value : Json{};
  }

  Folder folder_;
  SnapshotStore store_;
  Server server_;
  std::thread thread_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(InsightServer, ServesThePageWithWhatIsThere) {
  Game game(folder_.path());
  game.run_frame(123'456);
  ASSERT_TRUE(game.emit());
  const httplib::Result page = get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->get_header_value("Cache-Control"), "no-store");
  EXPECT_NE(page->body.find("\"live\":true,\"interval_ms\":50"), std::string::npos);
  EXPECT_NE(page->body.find("game::physics"), std::string::npos);
  const httplib::Result none = get("/etc/passwd");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, 404);
}

TEST_F(InsightServer, AnswersWithWhatIsNewSince) {
  Game game(folder_.path());
  game.run_frame(1000);
  ASSERT_TRUE(game.emit());
  game.run_frame(2000);
  ASSERT_TRUE(game.emit());
  EXPECT_EQ(json("/api/snapshots").at("snapshots")->items.size(), 2U);
  const Json answer = json("/api/snapshots?since=1");
  ASSERT_EQ(answer.at("snapshots")->items.size(), 1U);
  EXPECT_EQ(answer.at("snapshots.0.data.frame")->number, 2);
  EXPECT_EQ(answer.at("snapshots.0.data.budgets.0.tag")->text, "game::physics");
  EXPECT_TRUE(json("/api/snapshots?since=2").at("snapshots")->items.empty());
  EXPECT_EQ(json("/api/snapshots?since=x").at("snapshots")->items.size(), 2U);
}

TEST_F(InsightServer, AsksTheGameAndWaitsForItsAnswer) {
  const RunningGame game(folder_.path());
  std::uint64_t latest = 0;
  double frame = 0;
  for (int i = 0; i < 3; ++i) {
    const Json answer = json("/api/snapshots?ask=1&wait=20000&since=" + std::to_string(latest));
    ASSERT_FALSE(answer.at("snapshots")->items.empty());
    const double newest = answer.at("snapshots")->items.back().at("data.frame")->number;
    EXPECT_GT(newest, frame);
    frame = newest;
    latest = static_cast<std::uint64_t>(answer.at("latest")->number);
  }
  EXPECT_GE(game.answered(), 3);
}

TEST_F(InsightServer, AsksForNothingUnlessToldTo) {
  EXPECT_TRUE(json("/api/snapshots?wait=60").at("snapshots")->items.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "snapshot.request"));
  EXPECT_TRUE(json("/api/snapshots?ask=1").at("snapshots")->items.empty());
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "snapshot.request"));
}

TEST_F(InsightServer, AnswersToThisMachineOnly) {
  for (const char* host : {"game.example.org", "10.0.0.1:80"}) {
    const httplib::Result answer = get("/", {{"Host", host}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403) << host;
  }
  const httplib::Result other = get("/api/snapshots?ask=1", {{"Sec-Fetch-Site", "cross-site"}});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 403);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "snapshot.request"));
  const httplib::Result local = get("/", {{"Host", "localhost:1"}});
  ASSERT_TRUE(local);
  EXPECT_EQ(local->status, 200);
}

TEST_F(InsightServer, RefusesAPortThatIsTaken) {
  SnapshotStore store(folder_.path());
  Server second(store, std::chrono::milliseconds(50));
  EXPECT_FALSE(second.bind(server_.address()));
}

TEST_F(InsightServer, EndsWhileSomebodyWaits) {
  std::thread waiting([this] {
    httplib::Client client("127.0.0.1", server_.address().port);
    const httplib::Result answer = client.Get("/api/snapshots?wait=30000");
    if (answer) {
      EXPECT_EQ(answer->status, 200);  // or it came too late
    }
  });
  server_.stop();
  waiting.join();
}

}  // namespace
}  // namespace fa_insight
