// SPDX-License-Identifier: MIT OR Apache-2.0
// A getter of Vulkan functions that stands between a program and its device: it counts what passes,
// lets allocations fail, and can present another device than there is: a discrete GPU with three
// heaps and a budget, and a second queue of another family. All in this process, without a layer.
#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>

namespace vulkan_device {

struct ProbeCounts {
  std::uint64_t allocations = 0, frees = 0, maps = 0, submissions = 0, budget_queries = 0;
  std::uint64_t flushes = 0, invalidates = 0;
  std::uint64_t releases = 0, acquires = 0;  // images that change the family
  std::uint64_t transfer_submissions = 0;    // to the second queue
  std::uint64_t violations = 0;              // of what the presented device asks
  std::uint64_t live_bytes = 0;
};

// One at a time: functions of Vulkan have no place for a context. Its getter is get(). With
// `discrete` there are heap 0, 256 MiB, local; heap 1, 512 MiB, the host's; heap 2, 16 MiB, local
// and visible; and the types local, host coherent, host cached coherent, visible local, host cached
// not coherent. An allocation above what a heap has fails as that of a device does.
class Probe {
 public:
  Probe(PFN_vkGetInstanceProcAddr real, VkInstance instance, bool discrete);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe();

  static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL get(VkInstance instance, const char* name);

  // Effect: a queue handle of its own, in the family kSecondFamily; what it is given goes to
  // `real`.
  VkQueue second_queue(VkQueue real);
  static constexpr std::uint32_t kSecondFamily = 7;

  // Effect: the n-th allocation from now (1: the next) fails, and with `sticky` every later one.
  void fail_memory_at(std::uint64_t n, bool sticky = false);
  // Effect: `name` cannot be found from now on. Null: everything can.
  void hide(const char* name) { hidden_ = name; }
  void set_budget(unsigned heap, std::uint64_t bytes) { budgets_[heap] = bytes; }
  void set_external(unsigned heap, std::uint64_t bytes) { external_[heap] = bytes; }
  ProbeCounts counts() const;
  std::uint64_t heap_bytes(unsigned heap) const;
  std::uint64_t heap_peak(unsigned heap) const;

 private:
  friend struct ProbeCalls;
  struct Memory {
    std::uint64_t size = 0;
    unsigned heap = 0, type = 0;
  };
  PFN_vkGetInstanceProcAddr real_;
  VkInstance instance_;
  bool discrete_;
  const char* hidden_ = nullptr;
  VkQueue real_queue_ = VK_NULL_HANDLE;
  mutable std::mutex mutex_;
  std::unordered_map<VkDeviceMemory, Memory> live_;
  std::array<std::uint64_t, VK_MAX_MEMORY_HEAPS> held_{}, peak_{}, budgets_{}, external_{};
  ProbeCounts counts_;
  std::uint64_t fail_in_ = 0;
  bool fail_on_ = false;
  char queue_storage_ = 0;
};

}  // namespace vulkan_device
