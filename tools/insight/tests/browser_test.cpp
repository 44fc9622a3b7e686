// SPDX-License-Identifier: MIT OR Apache-2.0
// The page in a browser without a window: what stands in its document after its scripts have run.
#include "options.hpp"
#include "page.hpp"
#include "server.hpp"

#include "game.hpp"
#include "support/fake_device.hpp"
#include "test_support/program.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>
#include <thread>

namespace fa_insight {
namespace {

using fa_insight_test::Folder;
using fa_insight_test::Game;
using fa_insight_test::kNastyTag;
using fa_insight_test::RunningGame;

// Time in the page runs as fast as it can, and stands still while an answer is awaited.
std::string document_of(const std::string& url, const Folder& profile, int page_ms) {
  const fa_test::Outcome outcome = fa_test::run_program(
      FA_BROWSER, {"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--no-first-run", "--user-data-dir=" + (profile.path() / "profile").string(),
                   "--virtual-time-budget=" + std::to_string(page_ms), "--dump-dom", url});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.out;
}

// Result: the text of the first element whose tag matches.
std::string text_in(const std::string& document, const std::string& tag) {
  std::smatch found;
  const std::regex pattern("<" + tag + "[^>]*>([^<]*)<");
  return std::regex_search(document, found, pattern) ? found[1].str() : "(none)";
}
// Result: an attribute of the first element with this test id.
std::string attribute_of(const std::string& document, const std::string& testid,
                         const std::string& name) {
  std::smatch tag;
  std::smatch found;
  const std::regex element("<[^>]*data-testid=\"" + testid + "\"[^>]*>");
  if (!std::regex_search(document, tag, element)) return "(none)";
  const std::string text = tag.str();
  const std::regex pattern(" " + name + "=\"([^\"]*)\"");
  return std::regex_search(text, found, pattern) ? found[1].str() : "(none)";
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
// As a browser writes it into an attribute.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}
// What the scripts made: the data that the page began with are left out.
std::string visible(const std::string& document) {
  return document.substr(0, document.find("<script type=\"application/json\""));
}

class InsightBrowser : public ::testing::Test {
 protected:
  InsightBrowser() : store_(folder_.path()), server_(store_, std::chrono::milliseconds(50)) {
    EXPECT_TRUE(server_.bind(Address{}));
    thread_ = std::thread([this] { EXPECT_TRUE(server_.run()); });
  }
  ~InsightBrowser() override {
    server_.stop();
    thread_.join();
  }
  std::string document(int page_ms) {
    return document_of("http://" + server_.address().text() + "/", profile_, page_ms);
  }
  Folder folder_;
  Folder profile_;
  SnapshotStore store_;
  Server server_;
  std::thread thread_;
};

TEST_F(InsightBrowser, ShowsASnapshotAndThenTheNext) {
  Game game(folder_.path());
  game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  const std::string first = visible(document(100));
  EXPECT_EQ(text_in(first, "title"), "frame 1 · framealloc insight");
  EXPECT_EQ(attribute_of(first, "inspector", "data-frame"), "1");
  EXPECT_EQ(text_in(first, "span data-testid=\"time-p50\""), "p50 12.35 ms");
  EXPECT_EQ(attribute_of(first, "tile-frame", "data-bytes"), std::to_string((1 << 20) + 64));
  EXPECT_TRUE(has(first, "<span class=\"value\">1.00 MiB</span>"));
  EXPECT_TRUE(has(first, "data-path=\"game::physics\""));
  EXPECT_EQ(attribute_of(first, "budget", "data-tag"), "game::physics");
  EXPECT_EQ(attribute_of(first, "budget", "data-used"), "0");
  // What the frame held stands beside what is charged after it.
  EXPECT_TRUE(has(first, "<span class=\"faint\">1.00 MiB of 4.00 MiB</span>"));
  EXPECT_TRUE(has(first, "<span>25 % · peak 1.00 MiB</span><span>0 B now</span>"));
  EXPECT_TRUE(has(first, "mark: the soft limit, 3.00 MiB"));
  EXPECT_TRUE(has(first, "game thread"));
  EXPECT_EQ(attribute_of(first, "diagnostic", "data-code"), "FA310");
  EXPECT_TRUE(has(first, "id=\"code-FA310\""));

  for (int i = 0; i < 4; ++i) game.run_frame(2 << 20);
  ASSERT_TRUE(game.emit());
  const std::string next = visible(document(100));
  EXPECT_EQ(attribute_of(next, "inspector", "data-frame"), "5");
  EXPECT_TRUE(has(next, "data-growth=\"1048576\""));  // of physics
  EXPECT_TRUE(has(next, "<span class=\"growth\">+1.00 MiB</span>"));
  EXPECT_EQ(attribute_of(next, "inspector", "data-snapshots"), "2");
  EXPECT_EQ(attribute_of(next, "chart-bytes", "data-points"), "2");
}

TEST_F(InsightBrowser, ShowsDevices) {
  Game game(folder_.path());
  game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  EXPECT_FALSE(has(visible(document(100)), "data-testid=\"gpu"));
  {
    const framealloc::testing::RegisteredDevice device(game.alloc(), "GPU <b>0</b>");
    game.run_frame(1 << 20);
    ASSERT_TRUE(game.emit());
  }
  const std::string page = visible(document(100));
  EXPECT_TRUE(has(page, "data-testid=\"gpu\""));
  EXPECT_TRUE(has(page, "<h3>GPU &lt;b&gt;0&lt;/b&gt;</h3>"));
  EXPECT_TRUE(has(page, "<dt>frame</dt><dd>12</dd>"));
  EXPECT_TRUE(has(page, "<dt>held</dt><dd>8.00 MiB</dd>"));
  EXPECT_TRUE(has(page, "<dt>fragmentation</dt><dd>25 %</dd>"));
  EXPECT_TRUE(has(page, "Heap 0, 256 MiB, device-local"));
  EXPECT_TRUE(has(page, "6.00 MiB of 205 MiB"));
  EXPECT_TRUE(has(page, "limit 64.0 MiB, budget estimated"));
  EXPECT_TRUE(has(page, "<th scope=\"row\">world::terrain</th><td>4.00 MiB</td>"));
  EXPECT_TRUE(has(page, "denied 3 times"));
  EXPECT_TRUE(has(page, "<td class=\"wide\">3.00 MiB</td><td>1</td>"))
      << "denied by the limit of hud";
}

TEST_F(InsightBrowser, ShowsWhatVersionThreeAdds) {
  {
    Game before(folder_.path(), 2);
    before.run_frame(1 << 20);
    ASSERT_TRUE(before.emit());
  }
  const std::string older = visible(document(100));
  for (const char* card : {"pools", "handles", "streaming", "sites"}) {
    EXPECT_EQ(attribute_of(older, card, "data-testid"), "(none)") << card;
  }
  Game game(folder_.path(), 3);
  const auto handle = game.alloc().handles().alloc<int>();
  int* const held = game.alloc().pool_alloc<int>();
  for (int i = 0; i < 2; ++i) game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  game.alloc().pool_free(held);
  (void)game.alloc().handles().free(handle);
  const std::string page = visible(document(100));
  EXPECT_EQ(attribute_of(page, "pools", "data-testid"), "pools");
  EXPECT_EQ(attribute_of(page, "pool", "data-size"), "16");
  EXPECT_EQ(attribute_of(page, "handles", "data-count"), "1");
  EXPECT_TRUE(has(page, "<dt>objects</dt><dd>1</dd>"));
  EXPECT_EQ(attribute_of(page, "streaming", "data-testid"), "(none)")
      << "no asset was ever reserved";
}

TEST_F(InsightBrowser, FollowsARunningGame) {
  Game before(folder_.path());
  before.run_frame(1 << 20);
  ASSERT_TRUE(before.emit());
  RunningGame game(folder_.path());
  const std::string page = visible(document(3000));
  game.stop();
  EXPECT_GE(std::stoi(attribute_of(page, "inspector", "data-snapshots")), 3)
      << "the page took no snapshot beyond those that it came with";
  EXPECT_GE(game.answered(), 2);
  EXPECT_NE(attribute_of(page, "inspector", "data-frame"), "1");
  EXPECT_EQ(attribute_of(page, "inspector", "data-state"), "live");
  EXPECT_EQ(text_in(page, "span id=\"status\""), "live");
}

TEST_F(InsightBrowser, ShowsNamesAsTextOnly) {
  Game game(folder_.path());
  game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  const std::string page = visible(document(100));
  EXPECT_FALSE(has(page, "owned</title>"));
  EXPECT_FALSE(has(page, std::string(kNastyTag)));
  EXPECT_FALSE(has(page, "<img"));
  EXPECT_TRUE(has(page, "&lt;script&gt;document.title='owned'&lt;/script&gt;"));
  EXPECT_TRUE(has(page, "&lt;img src=x onerror=document.title='x'&gt;"));
}

TEST_F(InsightBrowser, ShowsVersionOneAndSaysWhatItLacks) {
  Game game(folder_.path(), 1);
  game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  const std::string page = visible(document(100));
  EXPECT_TRUE(has(page, "data-path=\"game::physics\""));
  EXPECT_TRUE(has(page, "with_version(2)"));
  EXPECT_TRUE(has(page, ">" + folder_.path().filename().string() + "</span>"))
      << "without a name of the process the folder stands for it";
  EXPECT_TRUE(has(page, "aria-labelledby=\"phases-title\" hidden"));
  EXPECT_FALSE(has(page, "data-testid=\"tile-reserved\""));
}

TEST_F(InsightBrowser, SaysWhatToDoWithoutASnapshot) {
  folder_.write("snapshot_1.json", "{\"version\":");
  const std::string page = visible(document(100));
  EXPECT_TRUE(has(page, "No snapshot yet"));
  EXPECT_TRUE(has(page, "SnapshotEmitter"));
  EXPECT_TRUE(has(page, "snapshot_1.json: ends in the middle"));
  EXPECT_TRUE(has(page, "class=\"content\" hidden"));
  EXPECT_EQ(attribute_of(page, "inspector", "data-state"), "empty");
  EXPECT_EQ(attribute_of(page, "problem", "data-file"), "snapshot_1.json");
}

// Whatever stands where a list or a text belongs: the page shows the rest of the snapshot.
TEST_F(InsightBrowser, SurvivesNullsAndOtherKinds) {
  folder_.write("snapshot_1.json", R"({"version":2,"frame":7,"summary":null,"process":null,
    "threads":[null,3,{"name":null,"budget":5}],"budgets":{},"phases":null,"promotions":null,
    "transfers":7,"deferred":[],"diagnostics":[null,{"code":null}],
    "gpu":[],"tags":[null,"x",{"path":null},{"path":"whole","alloc_kind":"heap","bytes":2048},
            {"path":"odd","alloc_kind":null,"bytes":"many","diagnostics":{"a":1}}]})");
  folder_.write("snapshot_2.json", R"({"version":2,"frame":8,"tags":null,"threads":7})");
  folder_.write("snapshot_3.json", R"({"version":2,"frame":9,"tags":[null],"summary":[],
    "gpu":{"devices":[null,7,{"name":null,"totals":[],"heaps":{},"tags":[3,{"path":null}]},{"heaps":[null,{"index":"x"}]}]}})");
  const std::string page = visible(document(100));
  EXPECT_EQ(attribute_of(page, "inspector", "data-snapshots"), "3") << page;
  EXPECT_EQ(attribute_of(page, "inspector", "data-frame"), "9");
  EXPECT_TRUE(has(page, "id=\"codes-card\" aria-labelledby=\"codes-card-title\" hidden"))
      << "the last part was not drawn";
}

// Plays a user: walks through the tree of tags by its keys, then compares. What it saw it leaves in
// attributes of the document's body.
constexpr const char* kUser = R"(<script>
const said = [], key = (name) => {
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true}));
  said.push(`${name}=${document.activeElement.dataset.path ?? document.activeElement.tagName}`);
};
document.querySelector('[data-testid=tag][tabindex="0"]').focus();
for (const name of ['End', 'Home', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'End', 'ArrowRight', 'p']) key(name);
document.body.dataset.keys = said.join(' ');
const text = (selector) => document.querySelector(selector)?.textContent;
const deltas = () => [...document.querySelectorAll('[data-testid=delta]')].map((row) => `${row.dataset.path} ${row.dataset.delta}`).join(', ');
document.querySelector('#compare').click();
document.body.dataset.compared = `${text('[data-testid=comparison] h1')}: ${deltas()}; ${document.querySelector('.content').hidden}`;
document.querySelector('[data-testid=show-equal]').click();
document.body.dataset.all = document.querySelectorAll('[data-testid=delta]').length;
document.querySelector('[data-testid=mark]').click();
document.body.dataset.marked = text('[data-testid=comparison] h1');
document.querySelector('#compare').click();
document.querySelector('[data-testid=diagnostic] .code').click();
document.body.dataset.hash = location.hash;
</script>)";

TEST_F(InsightBrowser, ReadsAReportFromAFileAndIsUsedByKeys) {
  Game game(folder_.path());
  game.run_frame(1 << 20);
  ASSERT_TRUE(game.emit());
  game.run_frame(2 << 20);
  ASSERT_TRUE(game.emit());
  store_.scan();
  PageData data;
  data.directory = folder_.path().string();
  data.snapshots = store_.json_since(0);
  profile_.write("report.html", make_page(data) + kUser);
  const std::string page =
      document_of("file://" + (profile_.path() / "report.html").string(), profile_, 100);
  EXPECT_EQ(attribute_of(page, "inspector", "data-frame"), "2");
  EXPECT_EQ(text_in(page, "span id=\"status\""), "report");
  EXPECT_TRUE(has(page, "id=\"pause\" type=\"button\" hidden"));
  const std::string nasty = "game::" + std::string(kNastyTag);
  EXPECT_TRUE(has(page, "data-keys=\"End=" + escaped(nasty) +
                            " Home=game ArrowRight=game::physics ArrowLeft=game ArrowLeft=game "
                            "End=game ArrowRight=game p=game::physics\""))
      << page.substr(page.find("<body"), 600);
  EXPECT_TRUE(has(page, "data-compared=\"frame 1 → frame 2: game::physics 1048576; true\""));
  EXPECT_TRUE(has(page, "data-all=\"2\""));
  EXPECT_TRUE(has(page, "data-testid=\"mark\" hidden")) << "no other snapshot will come";
  EXPECT_TRUE(has(page, "data-hash=\"#code-FA310\""));
  EXPECT_TRUE(has(page, "id=\"code-FA310\""));
  EXPECT_TRUE(has(page, "data-marked=\"frame 2 → frame 2\""));
  EXPECT_TRUE(has(page, "id=\"growth\" aria-label=\"Comparison\" hidden"));
}

}  // namespace
}  // namespace fa_insight
