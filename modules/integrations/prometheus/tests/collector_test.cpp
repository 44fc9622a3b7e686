// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/prometheus/collector.hpp>

#include <gtest/gtest.h>
#include <prometheus/check_names.h>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include "support/fake_device.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>

namespace framealloc::prometheus {
namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

AllocConfig quiet() {
  return AllocConfig::minimal().with_budgets().with_report_handler([](const Report&, void*) {});
}

std::string text_of(const Collector& collector) {
  return ::prometheus::TextSerializer().Serialize(collector.Collect());
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

// Result: the value of the metric with these labels; nothing when there is none.
std::optional<double> value(const Collector& collector, const std::string& name,
                            const std::set<ClientMetric::Label>& labels = {}) {
  for (const MetricFamily& family : collector.Collect()) {
    for (const ClientMetric& metric : family.metric) {
      if (family.name != name) continue;
      if (std::set(metric.label.begin(), metric.label.end()) != labels) continue;
      return family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
    }
  }
  return std::nullopt;
}

TEST(Collector, ShowsWhatTheAllocatorHolds) {
  SmartAlloc alloc(quiet());
  const Collector collector(alloc);
  auto* const block = alloc.heap_alloc<char>(100'000);
  alloc.begin_frame();
  alloc.with_tag("game::physics", [&] { (void)alloc.frame_alloc_layout(4096, 16); });
  for (const bool open : {true, false}) {
    if (!open) alloc.end_frame();
    const AllocStats stats = alloc.stats();
    EXPECT_EQ(value(collector, "framealloc_bytes", {{"kind", "frame"}}), 4096.0) << open;
    EXPECT_EQ(value(collector, "framealloc_bytes", {{"kind", "heap"}}),
              static_cast<double>(stats.heap_allocated));
    EXPECT_EQ(value(collector, "framealloc_reserved_bytes"), static_cast<double>(stats.reserved));
    EXPECT_EQ(value(collector, "framealloc_frames_total"), 1.0);
    EXPECT_EQ(value(collector, "framealloc_allocations_total"), 1.0);
    EXPECT_EQ(value(collector, "framealloc_threads"), 1.0);
    EXPECT_EQ(
        value(collector, "framealloc_tag_bytes", {{"tag", "game::physics"}, {"kind", "frame"}}),
        4096.0);
    EXPECT_EQ(value(collector, "framealloc_tag_bytes", {{"tag", "(untagged)"}, {"kind", "heap"}}),
              static_cast<double>(stats.heap_allocated));
  }
  alloc.heap_free(block);
  EXPECT_EQ(value(collector, "framealloc_bytes", {{"kind", "heap"}}), 0.0);
  EXPECT_EQ(value(collector, "framealloc_deallocations_total"), 1.0);
}

TEST(Collector, ShowsBudgetsAndReports) {
  SmartAlloc alloc(quiet());
  const Collector collector(alloc);
  EXPECT_EQ(text_of(collector).find("framealloc_reports_total"), std::string::npos);
  alloc.budgets()->register_tag_budget("ui", 1000, 100'000);
  alloc.with_tag("ui", [&] { EXPECT_EQ(alloc.heap_alloc<char>(200'000), nullptr); });
  EXPECT_EQ(value(collector, "framealloc_budget_limit_bytes", {{"tag", "ui"}, {"limit", "hard"}}),
            100'000.0);
  EXPECT_EQ(value(collector, "framealloc_budget_limit_bytes", {{"tag", "ui"}, {"limit", "soft"}}),
            1000.0);
  EXPECT_EQ(value(collector, "framealloc_budget_denials_total", {{"tag", "ui"}}), 1.0);
  EXPECT_NE(value(collector, "framealloc_budget_used_bytes", {{"tag", "*"}}), std::nullopt);
  EXPECT_EQ(value(collector, "framealloc_budget_limit_bytes", {{"tag", "*"}, {"limit", "hard"}}),
            std::nullopt);  // there is none
  EXPECT_EQ(value(collector, "framealloc_reports_total", {{"code", "FA311"}}), 1.0);
}

TEST(Collector, ShowsDevices) {
  SmartAlloc alloc(quiet());
  const Collector collector(alloc);
  EXPECT_EQ(text_of(collector).find("framealloc_gpu"), std::string::npos);
  const testing::RegisteredDevice one(alloc, "GPU");
  const testing::RegisteredDevice two(alloc, "GPU");
  const testing::RegisteredDevice nameless(alloc, "");
  ASSERT_TRUE(nameless);
  double held = 0;
  for (const char* const kind : {"transient", "persistent", "retired", "padding", "free"}) {
    held +=
        value(collector, "framealloc_gpu_bytes", {{"device", "GPU"}, {"kind", kind}}).value_or(-1);
  }
  EXPECT_EQ(held, static_cast<double>(one.device.totals.total_bytes));
  EXPECT_EQ(value(collector, "framealloc_gpu_allocations", {{"device", "GPU #2"}}), 7.0);
  EXPECT_EQ(value(collector, "framealloc_gpu_frames_total", {{"device", "device"}}), 12.0);
  EXPECT_EQ(
      value(collector, "framealloc_gpu_heap_reserved_bytes", {{"device", "GPU"}, {"heap", "0"}}),
      6.0 * (1 << 20));
  EXPECT_EQ(
      value(collector, "framealloc_gpu_heap_denials_total", {{"device", "GPU"}, {"heap", "0"}}),
      3.0);
  EXPECT_EQ(value(collector, "framealloc_gpu_heap_limit_bytes", {{"device", "GPU"}, {"heap", "0"}}),
            std::nullopt);  // there is none
  EXPECT_EQ(value(collector, "framealloc_gpu_heap_limit_bytes", {{"device", "GPU"}, {"heap", "1"}}),
            64.0 * (1 << 20));
  EXPECT_EQ(value(collector, "framealloc_gpu_tag_bytes",
                  {{"device", "GPU #2"}, {"tag", "world::terrain"}}),
            4.0 * (1 << 20));
  EXPECT_EQ(
      value(collector, "framealloc_gpu_tag_denials_total", {{"device", "GPU"}, {"tag", "hud"}}),
      1.0);
  EXPECT_EQ(text_of(Collector(alloc, {.devices = false})).find("framealloc_gpu"),
            std::string::npos);
  EXPECT_EQ(text_of(Collector(alloc, {.tags = false})).find("framealloc_gpu_tag"),
            std::string::npos);
}

TEST(Collector, ShowsDurationsWhileFramesAreTracked) {
  SmartAlloc alloc(quiet());
  const Collector collector(alloc);
  EXPECT_EQ(text_of(collector).find("duration"), std::string::npos);
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  for (int i = 0; i < 5; ++i) const ScopedFrame frame = alloc.scoped_frame();
  const std::string text = text_of(collector);
  EXPECT_TRUE(has_line(text, "# TYPE framealloc_frame_duration_seconds summary")) << text;
  EXPECT_TRUE(has_line(text, "framealloc_frame_duration_seconds_count 5")) << text;
}

TEST(Collector, EveryFamilyHasAHelpAndAProperName) {
  SmartAlloc alloc(quiet());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  (void)alloc.frame_alloc_layout(16, 16);  // a report
  const testing::RegisteredDevice device(alloc);
  const Collector collector(alloc, {.allocator = "level \"1\"\n"});
  std::set<std::string> names;
  for (const MetricFamily& family : collector.Collect()) {
    SCOPED_TRACE(family.name);
    EXPECT_TRUE(names.insert(family.name).second) << "twice";
    EXPECT_TRUE(::prometheus::CheckMetricName(family.name));
    EXPECT_TRUE(family.name.starts_with("framealloc_"));
    EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter);
    EXPECT_TRUE(family.help.ends_with('.'));
    EXPECT_FALSE(family.metric.empty());
    for (const ClientMetric& metric : family.metric) {
      ASSERT_FALSE(metric.label.empty());
      EXPECT_EQ(metric.label[0].name, "allocator");
      for (const ClientMetric::Label& label : metric.label) {
        EXPECT_TRUE(::prometheus::CheckLabelName(label.name));
        EXPECT_FALSE(label.value.empty()) << label.name;
      }
    }
  }
  EXPECT_GE(names.size(), 41u);
  EXPECT_NE(text_of(collector).find(R"(allocator="level \"1\"\n")"), std::string::npos);
}

TEST(Collector, LeavesOutWhatIsNotAskedFor) {
  SmartAlloc alloc(quiet());
  const ScopedFrame frame = alloc.scoped_frame();
  const std::string text = text_of(Collector(alloc, {.tags = false, .budgets = false}));
  EXPECT_EQ(text.find("_tag_"), std::string::npos);
  EXPECT_EQ(text.find("_budget_"), std::string::npos);
  const SmartAlloc no_budgets(AllocConfig::minimal());
  EXPECT_EQ(text_of(Collector(no_budgets)).find("_budget_"), std::string::npos);
  NullSource nothing;
  const SmartAlloc none(quiet().with_upstream(&nothing));
  EXPECT_TRUE(Collector(none).Collect().empty());
}

TEST(Collector, MayBeScrapedWhileTheGameRuns) {
  SmartAlloc alloc(quiet());
  const Collector collector(alloc);
  std::atomic<bool> done{false};
  std::thread scraper([&] {
    while (!done.load()) EXPECT_FALSE(collector.Collect().empty());
  });
  for (int frame = 0; frame < 300; ++frame) {
    const ScopedFrame scope = alloc.scoped_frame();
    const TagScope tag = alloc.tag_scope("tag " + std::to_string(frame % 20));
    (void)alloc.frame_alloc_layout(1000, 16);
    alloc.pool_free(alloc.pool_alloc<double>());
  }
  done.store(true);
  scraper.join();
  EXPECT_EQ(value(collector, "framealloc_frames_total"), 300.0);
}

// The server's own threads are not instrumented: ThreadSanitizer would see races of theirs.
#if !FRAMEALLOC_TSAN
TEST(Collector, IsScrapedOverHttp) {
  SmartAlloc alloc(quiet());
  const auto collector = std::make_shared<Collector>(alloc);
  ::prometheus::Exposer exposer("127.0.0.1:0", 1);
  exposer.RegisterCollectable(collector);
  ASSERT_EQ(exposer.GetListeningPorts().size(), 1u);

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(exposer.GetListeningPorts()[0]));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(connection, 0);
  ASSERT_EQ(::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  ASSERT_EQ(::send(connection, request.data(), request.size(), 0),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::recv(connection, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(connection);
  EXPECT_NE(answer.find("200 OK"), std::string::npos);
  EXPECT_NE(answer.find("# TYPE framealloc_reserved_bytes gauge"), std::string::npos) << answer;
  EXPECT_NE(answer.find("framealloc_bytes{kind=\"pool\"} 0"), std::string::npos);
}
#endif

TEST(Collector, TheDocumentationHasTheExampleAndEveryMetric) {
  const auto read = [](const char* path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  };
  std::string example = read(FA_EXAMPLE);
  const std::string page = read(FA_PAGE);
  example.erase(0, example.find('\n') + 1);  // the license
  ASSERT_GT(example.size(), 500u);
  EXPECT_NE(page.find("```cpp\n" + example + "```\n"), std::string::npos);

  SmartAlloc alloc(quiet());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  (void)alloc.frame_alloc_layout(16, 16);
  alloc.budgets()->register_tag_budget("ui", 1, 2);
  for (const MetricFamily& family : Collector(alloc).Collect()) {
    EXPECT_NE(page.find("`" + family.name), std::string::npos) << family.name;
  }
}

}  // namespace
}  // namespace framealloc::prometheus
