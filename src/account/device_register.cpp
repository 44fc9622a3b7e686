// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/account/device_register.hpp>

#include <framealloc/detail/os/thread_record.hpp>

namespace framealloc::detail {
namespace {

// The registers whose devices this thread is looking at.
struct Visit {
  const DeviceRegister* of;
  const Visit* outer;
};
constexpr auto kVisits = os::CallChain::DeviceVisits;

bool is_inside(const DeviceRegister* of) noexcept {
  for (const auto* one = static_cast<const Visit*>(os::innermost_call(kVisits)); one != nullptr;
       one = one->outer) {
    if (one->of == of) return true;
  }
  return false;
}

// A section: in a child process no thread would ever leave a source in its place.
class VisitScope {
 public:
  explicit VisitScope(const DeviceRegister* of) noexcept
      : mine_{of, static_cast<const Visit*>(os::innermost_call(kVisits))} {
    os::set_innermost_call(kVisits, &mine_);
  }
  ~VisitScope() { os::set_innermost_call(kVisits, mine_.outer); }
  VisitScope(const VisitScope&) = delete;
  VisitScope& operator=(const VisitScope&) = delete;

 private:
  os::Section section_;
  Visit mine_;
};

}  // namespace

bool DeviceRegister::add(DeviceFigureSource& source) noexcept {
  for (const Place& place : places_) {
    if (place.source.load(std::memory_order_relaxed) == &source) return false;
  }
  for (Place& place : places_) {
    DeviceFigureSource* expected = nullptr;
    if (place.source.compare_exchange_strong(expected, &source)) return true;
  }
  return false;
}

bool DeviceRegister::remove(DeviceFigureSource& source) noexcept {
  for (Place& place : places_) {
    DeviceFigureSource* expected = &source;
    if (!place.source.compare_exchange_strong(expected, nullptr)) continue;
    if (is_inside(this)) return true;
    // Whoever counted itself in before the place was empty may be in the source; whoever does so
    // later finds it empty.
    left_.await([&place] { return place.users.load() == 0; });
    return true;
  }
  return false;
}

void DeviceRegister::visit(const DeviceFigureVisitor& visit) const {
  for (Place& place : places_) {
    if (place.source.load(std::memory_order_relaxed) == nullptr) continue;
    const VisitScope scope(this);
    place.users.fetch_add(1);
    if (const DeviceFigureSource* const source = place.source.load()) source->show(visit);
    if (place.users.fetch_sub(1) == 1) left_.notify_all();
  }
}

bool DeviceRegister::empty() const noexcept {
  for (const Place& place : places_) {
    if (place.source.load(std::memory_order_relaxed) != nullptr) return false;
  }
  return true;
}

}  // namespace framealloc::detail
