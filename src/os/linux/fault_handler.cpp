// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/fault_handler.hpp"

#include <framealloc/detail/os/thread_record.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>

#include <pthread.h>
#include <ucontext.h>
#include <unistd.h>

namespace framealloc::os {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS};
constexpr int kSignalCount = 2;

// Written under the mutex, before the handler is in place.
struct sigaction previous[kSignalCount];
std::atomic<FaultListener> listener_now{nullptr};
unsigned watchers = 0;
bool installed[kSignalCount] = {};
constinit pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

class Lock {
 public:
  Lock() noexcept {
    enter_section();
    pthread_mutex_lock(&mutex);
  }
  ~Lock() {
    pthread_mutex_unlock(&mutex);
    leave_section();
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

[[nodiscard]] Fault fault_of(const siginfo_t* info, const void* context) noexcept {
  Fault fault;
  fault.address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const auto* const user = static_cast<const ucontext_t*>(context);
  if (user == nullptr) return fault;
#if defined(__x86_64__)
  fault.code = static_cast<std::uintptr_t>(user->uc_mcontext.gregs[REG_RIP]);
  // Bit 1 of the page fault's error code.
  const bool writes = (user->uc_mcontext.gregs[REG_ERR] & 2) != 0;
  fault.access = writes ? Fault::Access::Write : Fault::Access::Read;
#elif defined(__aarch64__)
  fault.code = static_cast<std::uintptr_t>(user->uc_mcontext.pc);
#endif
  return fault;
}

// What the signal would have done without this handler.
void pass_on(int signal, siginfo_t* info, void* context) noexcept {
  const struct sigaction& before = previous[signal == SIGSEGV ? 0 : 1];
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
    before.sa_sigaction(signal, info, context);
    return;
  }
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
    return;
  }
  // The default action: with it in place the instruction is tried again, so that the core shows the
  // place of the access. A signal that was sent from outside does not come again by itself.
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  if (info->si_code <= 0) raise(signal);
}

// Threads inside the listener, by the address of their errno: a fault of the listener's own is only
// passed on.
std::atomic<int*> listening{nullptr};

void on_fault(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  const FaultListener listener = listener_now.load(std::memory_order_acquire);
  // Only faults that the processor raised have an address.
  if (listener != nullptr && info->si_code > 0 && listening.load() != &errno) {
    int* nobody = nullptr;
    // Another thread that faults at the same moment waits for its turn, but not forever.
    for (int i = 0; i < 1000 && !listening.compare_exchange_weak(nobody, &errno); ++i) {
      nobody = nullptr;
      usleep(100);
    }
    listener(fault_of(info, context));
    if (listening.load() == &errno) listening.store(nullptr);
  }
  errno = saved;
  pass_on(signal, info, context);
}

}  // namespace

bool watch_faults(FaultListener listener) noexcept {
  const Lock lock;
  listener_now.store(listener, std::memory_order_release);
  if (watchers++ != 0) return true;
  for (int i = 0; i < kSignalCount; ++i) {
    struct sigaction now{};
    if (sigaction(kSignals[i], nullptr, &now) != 0) return false;
    // Still there below a handler that was installed later and calls this one.
    if (installed[i]) continue;
    previous[i] = now;
    struct sigaction action{};
    action.sa_sigaction = &on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    if (sigaction(kSignals[i], &action, nullptr) != 0) return false;
    installed[i] = true;
  }
  return true;
}

void unwatch_faults() noexcept {
  const Lock lock;
  if (watchers == 0) return;
  if (--watchers != 0) return;
  listener_now.store(nullptr, std::memory_order_release);
  for (int i = 0; i < kSignalCount; ++i) {
    struct sigaction now{};
    if (sigaction(kSignals[i], nullptr, &now) != 0) continue;
    if ((now.sa_flags & SA_SIGINFO) == 0 || now.sa_sigaction != &on_fault) continue;
    if (sigaction(kSignals[i], &previous[i], nullptr) == 0) installed[i] = false;
  }
}

void write_error(const char* text, std::size_t size) noexcept {
  while (size != 0) {
    const ssize_t n = write(STDERR_FILENO, text, size);
    if (n <= 0) {
      if (n < 0 && errno == EINTR) continue;
      return;
    }
    text += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace framealloc::os
