// SPDX-License-Identifier: MIT OR Apache-2.0
// std::pmr::memory_resource by name. libstdc++'s <memory_resource> brings its mutexes and clocks
// along, which every unit of a program would compile only to name a pointer.
#pragma once

#include <cstddef>

#if defined(__GLIBCXX__) && defined(_GLIBCXX_BEGIN_NAMESPACE_VERSION)
// NOLINTBEGIN(cert-dcl58-cpp,bugprone-std-namespace-modification): as the library's own header says
// it
namespace std {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
namespace pmr {
class memory_resource;
}
_GLIBCXX_END_NAMESPACE_VERSION
}  // namespace std
// NOLINTEND(cert-dcl58-cpp,bugprone-std-namespace-modification)
#else
#include <memory_resource>
#endif
