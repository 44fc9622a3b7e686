// SPDX-License-Identifier: MIT OR Apache-2.0
// tools/README.md documents every member; "schema" changes when one changes its meaning.
#include "common/json_text.hpp"
#include "format.hpp"
#include "reports.hpp"

namespace fa_demo {
namespace {

using fa_tools::JsonText;

void put_calls(JsonText& json, const CallCensus& census) {
  json.open_object("calls");
  for (std::size_t i = 0; i < kCallers; ++i) {
    const CallCounts& counts = census.by[i];
    json.open_object(caller_name(static_cast<Caller>(i)));
    json.put("allocations", counts.allocations);
    json.put("frees", counts.frees);
    json.put("bytes", counts.bytes);
    json.put("mappings", counts.mappings);
    json.close_object();
  }
  json.close_object();
}

void put_memory(JsonText& json, const MemoryReport& memory) {
  if (!memory.known) {
    json.put_null("memory");
    return;
  }
  json.open_object("memory");
  json.put("frame_bytes", memory.frame_bytes);
  json.put("frame_peak_bytes", memory.frame_peak_bytes);
  json.put("frame_allocations", memory.frame_allocations);
  json.put("pool_bytes", memory.pool_bytes);
  json.put("heap_bytes", memory.heap_bytes);
  json.put("reserved_bytes", memory.reserved_bytes);
  json.open_array("tags");
  for (const TagUse& tag : memory.tags) {
    json.open_object();
    json.put("tag", tag.name);
    json.put("frame_bytes", tag.frame_bytes);
    json.put("frame_peak_bytes", tag.frame_peak_bytes);
    json.put("pool_bytes", tag.pool_bytes);
    json.put("heap_bytes", tag.heap_bytes);
    json.close_object();
  }
  json.close_array();
  json.open_array("phases");
  for (const PhaseUse& phase : memory.phases) {
    json.open_object();
    json.put("phase", phase.name);
    json.put("frame_bytes", phase.frame_bytes);
    json.close_object();
  }
  json.close_array();
  json.open_array("budgets");
  for (const BudgetUse& budget : memory.budgets) {
    json.open_object();
    json.put("tag", budget.tag);
    json.put("limit", budget.limit);
    json.put("used", budget.used);
    json.put("peak", budget.peak);
    json.put("denials", budget.denials);
    json.close_object();
  }
  json.close_array();
  json.close_object();
}

void put_steady(JsonText& json, const RunResult& run, const SideResult& side) {
  const SteadyFacts& steady = side.steady;
  const bool counted = run.calls_counted && steady.counted_frames != 0;
  const auto put_counted = [&json](bool known, std::string_view key, double value) {
    if (known) {
      json.put(key, value);
    } else {
      json.put_null(key);
    }
  };
  json.open_object("steady_frame");
  json.put("frames", steady.frames);
  json.put("counted_frames", steady.counted_frames);
  put_counted(counted, "our_allocations", steady.our_allocations);
  put_counted(counted, "our_bytes", steady.our_bytes);
  put_counted(counted, "box2d_allocations", steady.box2d_allocations);
  put_counted(counted, "all_allocations", steady.all_allocations);
  put_counted(counted, "our_mappings", steady.our_mappings);
  put_counted(run.faults_counted, "page_faults", steady.faults);
  put_counted(run.faults_counted, "most_page_faults", static_cast<double>(steady.most_faults));
  put_counted(run.faults_counted, "page_faults_in_physics", steady.physics_faults);
  put_counted(run.faults_counted, "frames_with_page_faults",
              static_cast<double>(steady.frames_with_faults));
  json.close_object();
}

void put_system_calls(JsonText& json, const SyscallCensus& calls) {
  json.open_object("system_calls");
  json.put("measured", calls.measured);
  if (!calls.measured) json.put("why_not", calls.why_not);
  json.put("frames", calls.frames);
  json.put("memory", calls.memory);
  json.put("futex", calls.futex);
  json.put("other", calls.other);
  json.put("job_hand_off", calls.hand_off);
  json.open_object("by_name");
  for (const auto& [name, count] : calls.by_name) json.put(name, count);
  json.close_object();
  json.close_object();
}

void put_percentiles(JsonText& json, std::string_view key, const Percentiles& times,
                     std::size_t frames) {
  json.open_object(key);
  json.put("p50", times.p50);
  json.put("p99", times.p99);
  if (frames >= kFramesForP999) {
    json.put("p99_9", times.p999);
  } else {
    json.put_null("p99_9");
  }
  json.put("max", times.max);
  json.put("mean", times.mean);
  json.close_object();
}

void put_behavior(JsonText& json, const BehaviorUse& use) {
  if (!use.known) {
    json.put_null("behavior");
    return;
  }
  json.open_object("behavior");
  json.put("frames", use.frames);
  json.open_array("findings");
  for (const BehaviorFinding& finding : use.findings) {
    json.open_object();
    json.put("code", finding.code);
    json.put("level", finding.level);
    json.put("tag", finding.tag);
    json.put("kind", finding.kind);
    json.put("value", finding.value);
    json.put("threshold", finding.threshold);
    json.put("message", finding.message);
    json.put("help", finding.help);
    json.close_object();
  }
  json.close_array();
  json.close_object();
}

void put_features(JsonText& json, const FeatureUse& use) {
  json.open_object("handles");
  json.put("live", use.handles.live);
  json.put("moved", use.handles.moved);
  if (use.handles.fragmentation_known) {
    json.put("fragmentation_before", use.handles.fragmentation.before);
    json.put("fragmentation_after", use.handles.fragmentation.after);
  } else {
    json.put_null("fragmentation_before");
    json.put_null("fragmentation_after");
  }
  json.close_object();
  json.open_object("streaming");
  json.put("budget", use.streaming.budget);
  json.put("resident_bytes", use.streaming.resident_bytes);
  json.put("loads", use.streaming.loads);
  json.put("hits", use.streaming.hits);
  json.put("evictions", use.streaming.evictions);
  json.close_object();
  json.open_object("retention");
  json.put("promoted", use.retention.promoted);
  json.put("discarded", use.retention.discarded);
  json.close_object();
  put_behavior(json, use.behavior);
}

void put_side(JsonText& json, const RunResult& run, const SideResult& side) {
  json.open_object();
  json.put("name", side.name);
  json.put("checksum", hexadecimal(side.checksum));
  const std::size_t frames = side.frame_nanoseconds.size();
  put_percentiles(json, "frame_time_ns", side.times, frames);
  put_percentiles(json, "our_time_ns", side.our_times, frames);
  put_percentiles(json, "processor_time_ns", side.processor_times, frames);
  json.open_object("scene");
  json.put("bodies", side.counts.bodies);
  json.put("contacts", side.counts.contacts);
  json.put("particles", side.counts.particles);
  json.put("entities", side.counts.entities);
  json.put("entities_spawned", side.counts.spawned);
  json.put("entities_died", side.counts.died);
  json.put("drawn", side.counts.draw_items);
  json.put("paths_per_frame", side.counts.paths);
  json.put("labels", side.counts.labels);
  json.close_object();
  put_features(json, side.features);
  put_steady(json, run, side);
  put_system_calls(json, side.system_calls);
  json.open_array("phase_times");
  for (const PhaseTotal& phase : side.phases) {
    json.open_object();
    json.put("phase", phase.name);
    json.put("median_ns", phase.median);
    json.put("mean_ns", phase.mean);
    json.close_object();
  }
  json.close_array();
  json.open_array("counted_frames");
  for (const CountedFrame& frame : side.counted) {
    json.open_object();
    json.put("frame", frame.frame);
    json.put("page_faults", frame.faults);
    put_calls(json, frame.calls);
    put_memory(json, frame.memory);
    json.close_object();
  }
  json.close_array();
  json.put_row("frame_ns", side.frame_nanoseconds);
  json.close_object();
}

}  // namespace

std::string json_report(const RunResult& run, const Machine& machine) {
  JsonText json;
  const Options& options = run.options;
  json.open_object();
  json.put("schema", "framealloc.demo.v1");
  json.open_object("options");
  json.put("scene", scene_name(options.scene));
  json.put("frames", options.frames);
  json.put("warm_up", options.warm_up);
  json.put("threads", options.threads);
  json.put("seed", options.seed);
  json.put("hand_off", options.hand_off == HandOff::Park ? "park" : "spin");
  json.put("behavior", options.behavior);
  json.close_object();
  json.open_object("machine");
  json.put("processor", machine.processor);
  json.put("cores", machine.cores);
  json.put("system", machine.system);
  json.put("compiler", machine.compiler);
  json.put("c_library", machine.library);
  json.put("box2d", machine.box2d);
  json.close_object();
  json.put("frames_run", run.frames_run);
  json.put("seconds", run.seconds);
  json.put("interrupted", run.interrupted);
  json.put("same_checksums", run.same_checksums);
  json.put("calls_counted", run.calls_counted);
  json.put("page_faults_counted", run.faults_counted);
  if (const SideResult* ours = run.side("framealloc")) {
    json.put("steady_frame_clean", steady_complaints(run, *ours).empty());
  } else {
    json.put_null("steady_frame_clean");
  }
  if (run.bug.asked) {
    json.open_object("bug");
    json.put("caught", run.bug.caught);
    json.put("report", run.bug.text);
    json.close_object();
  } else {
    json.put_null("bug");
  }
  json.open_array("sides");
  for (const SideResult& side : run.sides) put_side(json, run, side);
  json.close_array();
  json.close_object();
  return json.take();
}

}  // namespace fa_demo
