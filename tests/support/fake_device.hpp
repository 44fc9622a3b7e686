// SPDX-License-Identifier: MIT OR Apache-2.0
// A device that shows the figures that a test gives it.
#pragma once

#include <framealloc/figures.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc::testing {

class FakeDevice final : public DeviceFigureSource {
 public:
  explicit FakeDevice(std::string name) : name_(std::move(name)) { totals.device = name_; }
  FakeDevice(const FakeDevice&) = delete;
  FakeDevice& operator=(const FakeDevice&) = delete;

  // Effect: one more heap, of which `reserved` bytes are held and `used` of these handed out; the
  // totals follow. Result: to be completed.
  DeviceHeapFigures& add_heap(std::size_t size, std::size_t reserved, std::size_t used) {
    DeviceHeapFigures heap;
    heap.device = name_;
    heap.heap = static_cast<unsigned>(heaps.size());
    heap.size = size;
    heap.budget = size / 5 * 4;
    heap.reserved = reserved;
    heap.used = used;
    heaps.push_back(heap);
    totals.total_bytes += reserved;
    totals.allocated_bytes += used;
    totals.persistent_bytes += used;
    totals.free_bytes += reserved - used;
    return heaps.back();
  }
  DeviceTagFigures& add_tag(TagId id, std::string_view path, std::size_t bytes) {
    DeviceTagFigures tag;
    tag.device = name_;
    tag.id = id;
    tag.tag = path;
    tag.bytes = tag.subtree_bytes = tag.peak_bytes = bytes;
    tags.push_back(tag);
    return tags.back();
  }
  void show(const DeviceFigureVisitor& visit) const noexcept override {
    visit(totals);
    for (const DeviceHeapFigures& heap : heaps) visit(heap);
    for (const DeviceTagFigures& tag : tags) visit(tag);
  }

  DeviceFigures totals;
  std::vector<DeviceHeapFigures> heaps;
  std::vector<DeviceTagFigures> tags;

 private:
  std::string name_;
};

// One with two heaps and two tags, registered while it lives.
class RegisteredDevice {
 public:
  template <class Allocator>
  explicit RegisteredDevice(const Allocator& alloc, std::string name = "Fake GPU")
      : device(std::move(name)) {
    DeviceHeapFigures& local = device.add_heap(std::size_t{256} << 20, 6 << 20, 5 << 20);
    local.device_local = local.measured = true;
    local.denials = 3;
    local.external = 1 << 20;
    DeviceHeapFigures& host = device.add_heap(std::size_t{512} << 20, 2 << 20, 1 << 20);
    host.limit = host.budget = 64 << 20;
    (void)device.add_tag(alloc.tag("world::terrain"), "world::terrain", 4 << 20);
    DeviceTagFigures& hud = device.add_tag(alloc.tag("hud"), "hud", 2 << 20);
    hud.limit = 3 << 20;
    hud.denials = 1;
    device.totals.allocation_count = 7;
    device.totals.block_count = 2;
    device.totals.frame = 12;
    device.totals.fragmentation = 0.25;
    added_ = alloc.add_device(device);
    remove_ = [alloc](DeviceFigureSource& source) { (void)alloc.remove_device(source); };
  }
  ~RegisteredDevice() { remove_(device); }
  RegisteredDevice(const RegisteredDevice&) = delete;
  RegisteredDevice& operator=(const RegisteredDevice&) = delete;
  [[nodiscard]] explicit operator bool() const { return added_; }

  FakeDevice device;

 private:
  bool added_ = false;
  std::function<void(DeviceFigureSource&)> remove_;
};

}  // namespace framealloc::testing
