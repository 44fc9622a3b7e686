// SPDX-License-Identifier: MIT OR Apache-2.0
// Loads a plugin again and again. Exit code 0 when it was unloaded each time, and when what the
// host remembers of its calls can still be read.
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdio>
#include <string>

#include <dlfcn.h>

namespace fa = framealloc;

namespace {

int fail(const char* what) {
  std::fprintf(stderr, "reload: %s\n", what);
  return 1;
}

template <class F>
F* function(void* library, const char* name) {
  return reinterpret_cast<F*>(dlsym(library, name));
}

}  // namespace

int main() {
  fa::AllocConfig config = fa::AllocConfig::minimal();
  std::size_t reports = 0;
  config.on_report = [](const fa::Report& report, void* count) {
    // Reads all of its texts.
    if (fa::format_report(report).size() != 0) ++*static_cast<std::size_t*>(count);
  };
  config.report_context = &reports;
  {
    fa::SmartAlloc alloc(config);
    for (int round = 0; round < 200; ++round) {
      void* const library = dlopen(PLUGIN_FILE, RTLD_NOW | RTLD_LOCAL);
      if (library == nullptr) return fail(dlerror());
      if (function<int()>(library, "plugin_use")() != 99) return fail("the plugin does not work");
#if PLUGIN_SHARES_LIBRARY
      void* const left = function<void*(fa::SmartAlloc&)>(library, "plugin_leave")(alloc);
#endif
      dlclose(library);
      if (dlopen(PLUGIN_FILE, RTLD_NOW | RTLD_NOLOAD) != nullptr) return fail("it is still there");
#if PLUGIN_SHARES_LIBRARY
      if (round % 2 == 0) alloc.pool_free(static_cast<long(*)[10]>(left));
#endif
    }
    alloc.begin_frame();
    alloc.end_frame();
#if PLUGIN_SHARES_LIBRARY
    const std::string leaks = alloc.leak_report().to_string();
    if (fa::kCheckLevel > 0 && leaks.find("plugin.cpp") == std::string::npos) {
      return fail("the leak report does not say where");
    }
#endif
  }
#if PLUGIN_SHARES_LIBRARY
  if (reports == 0) return fail("nothing was reported");
#endif
  std::puts("reload: ok");
  return 0;
}
