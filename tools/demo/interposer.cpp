// SPDX-License-Identifier: MIT OR Apache-2.0
#include "interposer.hpp"

#include <atomic>
#include <cstdlib>
#include <new>
#include <type_traits>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define FA_DEMO_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FA_DEMO_SANITIZED 1
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(FA_DEMO_SANITIZED)
#define FA_DEMO_CAN_COUNT 1
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#endif

namespace fa_demo {

std::string_view caller_name(Caller caller) noexcept {
  switch (caller) {
    case Caller::Ours:
      return "our code";
    case Caller::Box2d:
      return "Box2D";
    case Caller::StdLibrary:
      return "C++ library";
    case Caller::CLibrary:
      return "C library";
    case Caller::Elsewhere:
      break;
  }
  return "elsewhere";
}

namespace {

constexpr int kByAddress = -1;
constinit thread_local int t_count_as = kByAddress;

}  // namespace

CountAs::CountAs(Caller caller) noexcept : previous_(t_count_as) {
  t_count_as = static_cast<int>(caller);
}

CountAs::~CountAs() { t_count_as = previous_; }

#if !defined(FA_DEMO_CAN_COUNT)

std::string load_mimalloc() { return "calls of malloc cannot be redirected in this build"; }
UseMimalloc::UseMimalloc() noexcept = default;
UseMimalloc::~UseMimalloc() = default;
bool can_count_calls() noexcept { return false; }
void learn_callers() {}
void start_call_census() noexcept {}
CallCensus stop_call_census() noexcept { return {}; }

#else

namespace {

struct CodeRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  Caller caller = Caller::Elsewhere;
};

// Plain arrays of constant-initialized values: malloc is called before any constructor has run, and
// must not find a table that is only half made.
constinit std::array<CodeRange, 64> g_ranges{};
constinit std::size_t g_range_count = 0;
// What a call has to do besides: one load and one branch when that is nothing.
constexpr unsigned kCounting = 1, kMimalloc = 2;
constinit std::atomic<unsigned> g_modes{0};

struct Functions {
  void* (*malloc)(std::size_t) = nullptr;
  void* (*calloc)(std::size_t, std::size_t) = nullptr;
  void* (*realloc)(void*, std::size_t) = nullptr;
  void* (*memalign)(std::size_t, std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
};
constinit Functions g_mimalloc{};

struct alignas(64) LiveCounts {
  std::atomic<std::uint64_t> allocations{0};
  std::atomic<std::uint64_t> frees{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> mappings{0};
};
constinit std::array<LiveCounts, kCallers> g_counts{};

Caller classify(const char* path) noexcept {
  if (path == nullptr || *path == '\0') return Caller::Ours;  // the program itself has no name
  if (std::strstr(path, "framealloc") != nullptr) return Caller::Ours;
  if (std::strstr(path, "box2d") != nullptr) return Caller::Box2d;
  if (std::strstr(path, "libstdc++") != nullptr || std::strstr(path, "libc++") != nullptr ||
      std::strstr(path, "libgcc_s") != nullptr) {
    return Caller::StdLibrary;
  }
  if (std::strstr(path, "libc.so") != nullptr || std::strstr(path, "libc-") != nullptr ||
      std::strstr(path, "libm.so") != nullptr || std::strstr(path, "/ld-") != nullptr) {
    return Caller::CLibrary;
  }
  return Caller::Elsewhere;
}

int learn_object(dl_phdr_info* info, std::size_t, void* first) {
  auto* is_first = static_cast<bool*>(first);
  const Caller caller = *is_first ? Caller::Ours : classify(info->dlpi_name);
  *is_first = false;
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    if (g_range_count == g_ranges.size()) return 1;
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    g_ranges[g_range_count++] = {begin, begin + segment.p_memsz, caller};
  }
  return 0;
}

LiveCounts& counts_of(const void* return_address) noexcept {
  if (t_count_as != kByAddress) return g_counts[static_cast<std::size_t>(t_count_as)];
  const auto address = reinterpret_cast<std::uintptr_t>(return_address);
  Caller caller = Caller::Elsewhere;
  for (std::size_t i = 0; i < g_range_count; ++i) {
    if (address >= g_ranges[i].begin && address < g_ranges[i].end) {
      caller = g_ranges[i].caller;
      break;
    }
  }
  return g_counts[static_cast<std::size_t>(caller)];
}

// Both return whether the call goes to mimalloc.
bool note_allocation(const void* return_address, std::size_t size) noexcept {
  const unsigned modes = g_modes.load(std::memory_order_relaxed);
  if (modes == 0) [[likely]]
    return false;
  if ((modes & kCounting) != 0) {
    LiveCounts& counts = counts_of(return_address);
    counts.allocations.fetch_add(1, std::memory_order_relaxed);
    counts.bytes.fetch_add(size, std::memory_order_relaxed);
  }
  return (modes & kMimalloc) != 0;
}

bool note_free(const void* return_address, const void* block) noexcept {
  const unsigned modes = g_modes.load(std::memory_order_relaxed);
  if (modes == 0) [[likely]]
    return false;
  if ((modes & kCounting) != 0 && block != nullptr) {
    counts_of(return_address).frees.fetch_add(1, std::memory_order_relaxed);
  }
  return (modes & kMimalloc) != 0;
}

void count_mapping(const void* return_address) noexcept {
  if ((g_modes.load(std::memory_order_relaxed) & kCounting) == 0) return;
  counts_of(return_address).mappings.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

std::string load_mimalloc() {
  if (g_mimalloc.malloc != nullptr) return {};
  void* const library = [] {
    void* const newest = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
    return newest != nullptr ? newest : dlopen("libmimalloc.so", RTLD_NOW | RTLD_LOCAL);
  }();
  if (library == nullptr) return "there is no libmimalloc.so; the package libmimalloc2.0 has it";
  Functions found;
  const auto find = [library](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  if (!find(found.malloc, "mi_malloc") || !find(found.calloc, "mi_calloc") ||
      !find(found.realloc, "mi_realloc") || !find(found.memalign, "mi_memalign") ||
      !find(found.free, "mi_free")) {
    return "its library lacks mi_malloc or another function of the family";
  }
  g_mimalloc = found;
  return {};
}

UseMimalloc::UseMimalloc() noexcept { g_modes.fetch_or(kMimalloc, std::memory_order_seq_cst); }
UseMimalloc::~UseMimalloc() { g_modes.fetch_and(~kMimalloc, std::memory_order_seq_cst); }

bool can_count_calls() noexcept { return true; }

void learn_callers() {
  bool first = true;
  g_range_count = 0;
  dl_iterate_phdr(&learn_object, &first);
}

void start_call_census() noexcept {
  for (LiveCounts& counts : g_counts) {
    counts.allocations.store(0, std::memory_order_relaxed);
    counts.frees.store(0, std::memory_order_relaxed);
    counts.bytes.store(0, std::memory_order_relaxed);
    counts.mappings.store(0, std::memory_order_relaxed);
  }
  g_modes.fetch_or(kCounting, std::memory_order_seq_cst);
}

CallCensus stop_call_census() noexcept {
  g_modes.fetch_and(~kCounting, std::memory_order_seq_cst);
  CallCensus census;
  for (std::size_t i = 0; i < kCallers; ++i) {
    census.by[i].allocations = g_counts[i].allocations.load(std::memory_order_relaxed);
    census.by[i].frees = g_counts[i].frees.load(std::memory_order_relaxed);
    census.by[i].bytes = g_counts[i].bytes.load(std::memory_order_relaxed);
    census.by[i].mappings = g_counts[i].mappings.load(std::memory_order_relaxed);
  }
  return census;
}

#endif

}  // namespace fa_demo

#if defined(FA_DEMO_CAN_COUNT)

// glibc's own functions under the names that it keeps for exactly this purpose.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

#define FA_DEMO_CALLER __builtin_return_address(0)

namespace fa_demo {
namespace {

void* allocate(const void* caller, std::size_t size) noexcept {
  return note_allocation(caller, size) ? g_mimalloc.malloc(size) : __libc_malloc(size);
}
void* allocate_aligned(const void* caller, std::size_t alignment, std::size_t size) noexcept {
  return note_allocation(caller, size) ? g_mimalloc.memalign(alignment, size)
                                       : __libc_memalign(alignment, size);
}
void release(const void* caller, void* block) noexcept {
  note_free(caller, block) ? g_mimalloc.free(block) : __libc_free(block);
}

}  // namespace
}  // namespace fa_demo

extern "C" {

void* malloc(std::size_t size) noexcept { return fa_demo::allocate(FA_DEMO_CALLER, size); }
void* calloc(std::size_t count, std::size_t size) noexcept {
  return fa_demo::note_allocation(FA_DEMO_CALLER, count * size)
             ? fa_demo::g_mimalloc.calloc(count, size)
             : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  return fa_demo::note_allocation(FA_DEMO_CALLER, size) ? fa_demo::g_mimalloc.realloc(block, size)
                                                        : __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return fa_demo::allocate_aligned(FA_DEMO_CALLER, alignment, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return fa_demo::allocate_aligned(FA_DEMO_CALLER, alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
  void* memory = fa_demo::allocate_aligned(FA_DEMO_CALLER, alignment, size);
  if (memory == nullptr) return ENOMEM;
  *block = memory;
  return 0;
}
void free(void* block) noexcept { fa_demo::release(FA_DEMO_CALLER, block); }

void* mmap(void* address, std::size_t size, int protection, int flags, int file,
           off_t offset) noexcept {
  fa_demo::count_mapping(FA_DEMO_CALLER);
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, file, offset));
}
int munmap(void* address, std::size_t size) noexcept {
  fa_demo::count_mapping(FA_DEMO_CALLER);
  return static_cast<int>(syscall(SYS_munmap, address, size));
}
int madvise(void* address, std::size_t size, int advice) noexcept {
  fa_demo::count_mapping(FA_DEMO_CALLER);
  return static_cast<int>(syscall(SYS_madvise, address, size, advice));
}
int mprotect(void* address, std::size_t size, int protection) noexcept {
  fa_demo::count_mapping(FA_DEMO_CALLER);
  return static_cast<int>(syscall(SYS_mprotect, address, size, protection));
}

}  // extern "C"

namespace {

void* checked(void* block) {
  if (block == nullptr) {
#if defined(__cpp_exceptions)
    throw std::bad_alloc();
#else
    std::abort();
#endif
  }
  return block;
}

void* new_block(const void* caller, std::size_t size) {
  return checked(fa_demo::allocate(caller, size != 0 ? size : 1));
}

void* new_aligned_block(const void* caller, std::size_t size, std::align_val_t alignment) {
  return checked(
      fa_demo::allocate_aligned(caller, static_cast<std::size_t>(alignment), size != 0 ? size : 1));
}

void delete_block(const void* caller, void* block) noexcept { fa_demo::release(caller, block); }

}  // namespace

// The C++ library's operator new would call malloc from the C++ library, and every `new` of ours
// would be counted as its. These are the same functions with the caller kept.
void* operator new(std::size_t size) { return new_block(FA_DEMO_CALLER, size); }
void* operator new[](std::size_t size) { return new_block(FA_DEMO_CALLER, size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return new_aligned_block(FA_DEMO_CALLER, size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return new_aligned_block(FA_DEMO_CALLER, size, alignment);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return fa_demo::allocate(FA_DEMO_CALLER, size != 0 ? size : 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return fa_demo::allocate(FA_DEMO_CALLER, size != 0 ? size : 1);
}
void operator delete(void* block) noexcept { delete_block(FA_DEMO_CALLER, block); }
void operator delete[](void* block) noexcept { delete_block(FA_DEMO_CALLER, block); }
void operator delete(void* block, std::size_t) noexcept { delete_block(FA_DEMO_CALLER, block); }
void operator delete[](void* block, std::size_t) noexcept { delete_block(FA_DEMO_CALLER, block); }
void operator delete(void* block, std::align_val_t) noexcept {
  delete_block(FA_DEMO_CALLER, block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  delete_block(FA_DEMO_CALLER, block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  delete_block(FA_DEMO_CALLER, block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  delete_block(FA_DEMO_CALLER, block);
}

#endif
