// SPDX-License-Identifier: MIT OR Apache-2.0
#include "render.hpp"

#include "common/json_text.hpp"
#include "common/text_table.hpp"

#include <cstdio>
#include <iterator>
#include <utility>

namespace fa_diff {

namespace {

using fa_tools::bytes_text;
using fa_tools::growth_text;
using fa_tools::JsonText;
using fa_tools::TextTable;

constexpr std::size_t kNameWidth = 44;

std::string percent_text(const Growth& growth) {
  const std::optional<double> percent = growth.percent();
  if (growth.amount() == 0) return "";
  if (!percent) return "new";
  if (growth.after == 0) return "gone";
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f %%", *percent);
  return *percent > 99'999 ? "> 99999 %" : text;
}

std::vector<std::string> cells(const Growth& growth) {
  return {bytes_text(growth.before), bytes_text(growth.after), growth_text(growth.bytes()),
          percent_text(growth)};
}

std::vector<std::string> joined(std::vector<std::string> first, std::vector<std::string> rest) {
  first.insert(first.end(), std::make_move_iterator(rest.begin()),
               std::make_move_iterator(rest.end()));
  return first;
}

TextTable table(std::vector<TextTable::Column> columns) {
  for (const char* title : {"before", "after", "growth", ""}) columns.push_back({title});
  return TextTable(std::move(columns));
}

std::string left_out(std::size_t rows, std::size_t all, const char* what,
                     const RenderOptions& options) {
  if (rows == 0) return "";
  return "  (" + std::to_string(rows) + " of " + std::to_string(all) + " " + what +
         (options.min_bytes <= 1 ? " unchanged" : " changed by less than --min") + ")\n";
}

std::string title_of(const char* letter, const SnapshotFile& file) {
  return std::string(letter) + "  " + fa_tools::fitted(file.path, 120) + "\n   frame " +
         std::to_string(file.snapshot.frame) + ", " + file.timestamp + ", version " +
         std::to_string(file.version) + "\n";
}

std::string tag_name(const TagGrowth& row) {
  std::string name = row.path.empty() ? "(untagged)" : row.path;
  if (row.thread != "*") name += " @" + row.thread;
  return name;
}

std::string device_name(const DeviceGrowth& device) {
  return device.name.empty() ? "(without a name)" : device.name;
}

std::string tags_text(const Comparison& comparison, const RenderOptions& options) {
  using Align = TextTable::Align;
  TextTable rows = table({{"tag", Align::Left, kNameWidth}, {"kind", Align::Left, 7}});
  std::size_t shown = 0;
  for (const TagGrowth& row : comparison.tags) {
    if (row.bytes.amount() < options.min_bytes) continue;
    rows.add(
        joined({tag_name(row), std::string(framealloc::kind_name(row.kind))}, cells(row.bytes)));
    ++shown;
  }
  return "\nby tag and kind\n" + (shown == 0 ? std::string() : rows.render()) +
         left_out(comparison.tags.size() - shown, comparison.tags.size(), "tags and kinds",
                  options);
}

std::string threads_text(const Comparison& comparison, const RenderOptions& options) {
  TextTable rows = table({{"thread", TextTable::Align::Left, kNameWidth}});
  std::size_t shown = 0;
  for (const ThreadGrowth& row : comparison.threads) {
    if (row.total.amount() < options.min_bytes) continue;
    rows.add(joined({row.name}, cells(row.total)));
    ++shown;
  }
  return "\nby thread\n" + (shown == 0 ? std::string() : rows.render()) +
         left_out(comparison.threads.size() - shown, comparison.threads.size(), "threads", options);
}

std::string devices_text(const Comparison& comparison, const RenderOptions& options) {
  std::string out;
  for (const DeviceGrowth& device : comparison.devices) {
    using Align = TextTable::Align;
    TextTable rows = table({{"", Align::Left, kNameWidth}});
    for (const TotalGrowth& row : device.totals) rows.add(joined({row.name}, cells(row.bytes)));
    for (const TotalGrowth& row : device.heaps) rows.add(joined({row.name}, cells(row.bytes)));
    out += "\ndevice " + fa_tools::fitted(device_name(device), 120) + "\n" + rows.render();
    TextTable tags = table({{"tag on the device", Align::Left, kNameWidth}});
    std::size_t shown = 0;
    for (const TotalGrowth& row : device.tags) {
      if (row.bytes.amount() < options.min_bytes) continue;
      tags.add(joined({row.name.empty() ? "(untagged)" : row.name}, cells(row.bytes)));
      ++shown;
    }
    if (shown != 0) out += tags.render();
    out += left_out(device.tags.size() - shown, device.tags.size(), "tags on the device", options);
  }
  return out;
}

// Rows of a table of their own, those that changed; nothing where there are none.
std::string rows_text(const std::vector<TotalGrowth>& all, const char* title, const char* what,
                      const RenderOptions& options) {
  if (all.empty()) return "";
  TextTable rows = table({{"", TextTable::Align::Left, kNameWidth}});
  std::size_t shown = 0;
  for (const TotalGrowth& row : all) {
    if (row.bytes.amount() < options.min_bytes) continue;
    rows.add(joined({row.name}, cells(row.bytes)));
    ++shown;
  }
  return "\n" + std::string(title) + "\n" + (shown == 0 ? std::string() : rows.render()) +
         left_out(all.size() - shown, all.size(), what, options);
}

void put_growth(JsonText& json, const Growth& growth) {
  json.put("before", growth.before);
  json.put("after", growth.after);
  json.put("growth", growth.bytes());
  if (const std::optional<double> percent = growth.percent()) {
    json.put_decimal("percent", *percent, 2);
  } else {
    json.put_null("percent");
  }
}

void put_rows(JsonText& json, const char* key, const char* name,
              const std::vector<TotalGrowth>& rows, std::uint64_t min_bytes) {
  json.open_array(key);
  for (const TotalGrowth& row : rows) {
    if (row.bytes.amount() < min_bytes) continue;
    json.open_object();
    json.put(name, row.name);
    put_growth(json, row.bytes);
    json.close_object();
  }
  json.close_array();
}

void put_file(JsonText& json, const char* key, const SnapshotFile& file) {
  json.open_object(key);
  json.put("path", file.path);
  json.put("version", file.version);
  json.put("timestamp", file.timestamp);
  json.put("frame", file.snapshot.frame);
  json.close_object();
}

void put_limit(JsonText& json, const char* key, const std::optional<Limit>& limit) {
  if (!limit) return json.put_null(key);
  json.put(key, limit->text);
}

}  // namespace

namespace {

// Something that grew by more than its limit.
struct Excess {
  std::string name;
  const Limit& limit;
};

std::vector<Excess> excesses(const Comparison& comparison, const RenderOptions& options) {
  std::vector<Excess> found;
  const auto check = [&found](const std::optional<Limit>& limit, const Growth& growth, auto name) {
    if (limit && limit->exceeded(growth)) found.push_back({name(), *limit});
  };
  check(options.total_limit, comparison.total, [] { return std::string("total"); });
  for (const TagGrowth& row : comparison.tags) {
    check(options.tag_limit, row.bytes,
          [&] { return tag_name(row) + " " + std::string(framealloc::kind_name(row.kind)); });
  }
  for (const DeviceGrowth& device : comparison.devices) {
    check(options.device_limit, device.held, [&] { return "device " + device_name(device); });
  }
  return found;
}

}  // namespace

std::vector<std::string> exceeded(const Comparison& comparison, const RenderOptions& options) {
  std::vector<std::string> names;
  for (Excess& excess : excesses(comparison, options)) names.push_back(std::move(excess.name));
  return names;
}

std::string render_text(const Comparison& comparison, const RenderOptions& options) {
  std::string out = title_of("A", comparison.before) + title_of("B", comparison.after);
  if (comparison.after.timestamp < comparison.before.timestamp) {
    out += "   B is older than A\n";
  }
  TextTable totals = table({{"", TextTable::Align::Left, kNameWidth}});
  for (const TotalGrowth& row : comparison.totals) totals.add(joined({row.name}, cells(row.bytes)));
  out += "\ntotals\n" + totals.render();
  out += tags_text(comparison, options) + threads_text(comparison, options) +
         rows_text(comparison.pools, "room of the pool by size class", "size classes", options) +
         rows_text(comparison.sites, "by place", "places", options) +
         devices_text(comparison, options);
  const std::vector<Excess> over = excesses(comparison, options);
  if (!over.empty()) out += "\ngrew by more than allowed\n";
  for (const auto& [name, limit] : over) {
    out += "  " + fa_tools::fitted(name, kNameWidth + 8) + " (" + limit.text + ")\n";
  }
  return out;
}

std::string render_json(const Comparison& comparison, const RenderOptions& options) {
  JsonText json;
  json.open_object();
  json.put("schema", "framealloc.diff.v1");
  put_file(json, "before", comparison.before);
  put_file(json, "after", comparison.after);
  json.put("min_bytes", options.min_bytes);
  put_rows(json, "totals", "name", comparison.totals, 0);
  json.open_array("tags");
  for (const TagGrowth& row : comparison.tags) {
    if (row.bytes.amount() < options.min_bytes) continue;
    json.open_object();
    json.put("path", row.path);
    json.put("thread", row.thread);
    json.put("alloc_kind", framealloc::kind_name(row.kind));
    put_growth(json, row.bytes);
    json.put("count_before", row.count.before);
    json.put("count_after", row.count.after);
    json.close_object();
  }
  json.close_array();
  json.open_array("threads");
  for (const ThreadGrowth& row : comparison.threads) {
    if (row.total.amount() < options.min_bytes) continue;
    json.open_object();
    json.put("name", row.name);
    put_growth(json, row.total);
    json.put("frame_growth", row.frame.bytes());
    json.put("pool_growth", row.pool.bytes());
    json.put("heap_growth", row.heap.bytes());
    json.close_object();
  }
  json.close_array();
  put_rows(json, "pools", "name", comparison.pools, options.min_bytes);
  put_rows(json, "sites", "name", comparison.sites, options.min_bytes);
  json.open_array("devices");
  for (const DeviceGrowth& device : comparison.devices) {
    json.open_object();
    json.put("name", device.name);
    put_growth(json, device.held);
    put_rows(json, "totals", "name", device.totals, 0);
    put_rows(json, "heaps", "name", device.heaps, 0);
    put_rows(json, "tags", "path", device.tags, options.min_bytes);
    json.close_object();
  }
  json.close_array();
  json.open_object("limits");
  put_limit(json, "total", options.total_limit);
  put_limit(json, "tag", options.tag_limit);
  put_limit(json, "device", options.device_limit);
  json.open_array("exceeded");
  for (const std::string& name : exceeded(comparison, options)) json.add(name);
  json.close_array();
  json.close_object();
  json.close_object();
  return json.take();
}

}  // namespace fa_diff
