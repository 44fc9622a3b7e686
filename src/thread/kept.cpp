// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/kept.hpp>

#include <framealloc/detail/thread/instance.hpp>

namespace framealloc::detail {

MetadataAllocator& metadata_of(Instance& instance) noexcept { return instance.metadata(); }

void keep(Instance& instance, Kept& kept) noexcept { instance.services().keep(&kept); }

bool add_sink(Instance& instance, DiagnosticSink& sink) noexcept {
  return instance.sink().add(sink);
}

void remove_sink(Instance& instance, DiagnosticSink& sink) noexcept {
  (void)instance.sink().remove(sink);
}

}  // namespace framealloc::detail
