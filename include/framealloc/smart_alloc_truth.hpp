// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that say where reports go and how serious they are. SmartAlloc inherits
// them.
#pragma once

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/sink.hpp>
#include <framealloc/strict.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made; then
// nothing has an effect.
template <class Handle>
class TruthMembers {
 public:
  // Effect: `sink` is told every report, beside the handler or stderr; at most 8 at a time. It must
  // live until it is removed or the allocator has ended. Result: false when there is no place.
  // Thread contract of all these members: any thread, at any time, except where said.
  bool add_sink(DiagnosticSink& sink) const noexcept {
    Instance* const instance = mine();
    return instance != nullptr && instance->sink().add(sink);
  }
  // Effect: `sink` is told nothing any more, and no other thread is in it when this returns.
  // Result: false when it was not there.
  bool remove_sink(DiagnosticSink& sink) const noexcept {
    Instance* const instance = mine();
    return instance != nullptr && instance->sink().remove(sink);
  }
  // The same with a callable, which is kept until the allocator ends: one that takes a
  // const Report& is told every report; one that takes (Severity, std::string_view) is a log and
  // is told the text, within set_report_limit(). It must not throw. Result: false when there is no
  // place or no memory for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const Report&>
  bool add_sink(F&& function) const {
    return keep_sink<CallbackSink<std::decay_t<F>>>(std::forward<F>(function));
  }
  template <class F>
    requires std::invocable<std::decay_t<F>&, Severity, std::string_view>
  bool add_sink(F&& function) const {
    return keep_sink<LogSink<std::decay_t<F>>>(std::forward<F>(function));
  }
  // Effect: whether reports are printed to stderr; they are unless AllocConfig::on_report or
  // set_report_handler() named a handler, which this replaces. Requirement: as
  // set_report_handler().
  void print_reports(bool on) const noexcept {
    if (Instance* const instance = mine()) {
      instance->sink().set(on ? nullptr : +[](const Report&, void*) {}, nullptr);
    }
  }
  // Effect: of one code and place (or tag, where the place is unknown) the first `most` reports are
  // printed and logged in full, then sums at frame ends; 0 = all in full. Sinks that count are told
  // everything in any case. 10 unless set.
  void set_report_limit(std::uint32_t most) const noexcept {
    if (Instance* const instance = mine()) instance->sink().limit().set_most(most);
  }
  // Result: how often the code was reported, suppressed or not.
  [[nodiscard]] std::uint64_t report_count(Code code) const noexcept {
    Instance* const instance = mine();
    return instance == nullptr ? 0 : instance->sink().count(code);
  }

  // Effect: reports as bad as `mode` says print themselves and end the program. Until set, it is
  // AllocConfig::strict, or what FRAMEALLOC_STRICT said when the allocator was made.
  // See StrictModeGuard for the length of a scope.
  void set_strict_mode(StrictMode mode) const noexcept {
    if (Instance* const instance = mine()) (void)instance->sink().set_strict_mode(mode);
  }
  [[nodiscard]] StrictMode strict_mode() const noexcept {
    Instance* const instance = mine();
    return instance == nullptr ? StrictMode::Warn : instance->sink().strict_mode();
  }
  // Effect: `handler` is called instead of std::abort(), and may return; null brings abort() back.
  // Requirement: before other threads use the allocator.
  void set_strict_handler(StrictHandler handler, void* context = nullptr) const noexcept {
    if (Instance* const instance = mine()) instance->sink().set_strict_handler(handler, context);
  }

  // Effect: nobody is told of the code, until as many unsuppress(); it is still counted.
  // See SuppressionGuard for the length of a scope.
  void suppress(Code code) const noexcept {
    if (Instance* const instance = mine()) instance->sink().suppress(code);
  }
  void unsuppress(Code code) const noexcept {
    if (Instance* const instance = mine()) instance->sink().lift(code);
  }
  // The same for every code.
  void suppress_diagnostics(bool on) const noexcept {
    Instance* const instance = mine();
    if (instance == nullptr) return;
    if (on) {
      instance->sink().suppress_all();
    } else {
      instance->sink().lift_all();
    }
  }

 protected:
  TruthMembers() = default;
  ~TruthMembers() = default;
  TruthMembers(const TruthMembers&) = default;
  TruthMembers& operator=(const TruthMembers&) = default;

 private:
  template <class Sink>
  struct KeptSink : ThreadServices::Kept {
    template <class F>
      requires(!std::same_as<std::remove_cvref_t<F>, KeptSink>)
    explicit KeptSink(F&& function) : sink(std::forward<F>(function)) {
      this->destroy = [](Instance& instance, ThreadServices::Kept* self) noexcept {
        auto* const kept = static_cast<KeptSink*>(self);
        (void)instance.sink().remove(kept->sink);
        instance.metadata().destroy(kept);
      };
    }
    Sink sink;
  };
  template <class Sink, class F>
  bool keep_sink(F&& function) const {
    Instance* const instance = mine();
    if (instance == nullptr) return false;
    using Kept = KeptSink<Sink>;
    Kept* const kept = instance->metadata().template create<Kept>(std::forward<F>(function));
    if (kept == nullptr) return false;
    if (!instance->sink().add(kept->sink)) {
      instance->metadata().destroy(kept);
      return false;
    }
    instance->services().keep(kept);
    return true;
  }
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
