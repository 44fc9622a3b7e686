// SPDX-License-Identifier: MIT OR Apache-2.0
// FA803: a raw block is freed in another module than the one that allocated it.
#include "checks/findings.hpp"
#include "model/glob.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace fa_check {
namespace {

// The module of a file: that of the longest glob, else the first folder below the root; nothing for
// a file elsewhere.
std::optional<std::string> module_of(const Settings& settings, const std::string& file) {
  const std::string* named = nullptr;
  std::size_t longest = 0;
  for (const auto& [glob, name] : settings.modules) {
    if (!glob_covers(glob, settings.root, file)) continue;
    if (named != nullptr && glob.size() <= longest) continue;
    longest = glob.size();
    named = &name;
  }
  if (named != nullptr) return *named;
  const std::string prefix = settings.root.ends_with('/') ? settings.root : settings.root + "/";
  if (settings.root.empty() || !file.starts_with(prefix)) return std::nullopt;
  const std::size_t end = file.find('/', prefix.size());
  if (end == std::string::npos) return "";
  return file.substr(prefix.size(), end - prefix.size());
}

const clang::Stmt* allocation_of(const CheckInput& input, PlaceId block) {
  const PlaceData& data = input.places[block];
  return data.kind == PlaceKind::Lasting ? static_cast<const clang::Stmt*>(data.key) : nullptr;
}

}  // namespace

void check_modules(const CheckInput& input, std::vector<Finding>& findings) {
  // What members and globals may have.
  std::map<PlaceId, std::vector<const clang::Stmt*>> held;
  for (const Event& event : input.log.events())
    if (event.kind == EventKind::Held)
      if (const clang::Stmt* made = allocation_of(input, event.loan))
        held[event.into].push_back(made);
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Freed) continue;
    std::vector<const clang::Stmt*> made;
    if (event.loan != 0) {
      if (const clang::Stmt* allocation = allocation_of(input, event.loan))
        made.push_back(allocation);
    } else {
      const auto found = held.find(event.into);
      if (found != held.end()) made = found->second;
    }
    const clang::Stmt* const at = input.places.expression(event.at);
    const auto here = module_of(input.settings, file_of(input, at));
    if (made.empty() || !here) continue;
    std::optional<std::string> there;
    const clang::Stmt* foreign = nullptr;
    for (const clang::Stmt* each : made) {
      const auto module = module_of(input.settings, file_of(input, each));
      if (!module || *module == *here) {
        foreign = nullptr;
        break;
      }
      foreign = each;
      there = module;
    }
    if (foreign == nullptr) continue;
    Finding finding = finding_at(input, 803, at);
    finding.message = "'" + *here + "' frees a block that '" + *there + "' allocated";
    relate(input, finding, input.places.site(foreign, 0), "allocated here");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
