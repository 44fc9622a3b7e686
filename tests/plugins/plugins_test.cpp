// SPDX-License-Identifier: MIT OR Apache-2.0
// Plugins that bring a copy of the library, made by each compiler that is here: they are unloaded
// when their host says so, whatever threads still live, and leave nothing behind.
#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

namespace {

struct Built {
  const char* compiler;
  const char* file;
};
const std::vector<Built>& plugins() {
  static const std::vector<Built> kPlugins{FRAMEALLOC_PLUGINS};
  return kPlugins;
}

class Plugin {
 public:
  explicit Plugin(const std::string& file)
      : file_(file), library_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) {
      ADD_FAILURE() << dlerror();
      return;
    }
    use_ = reinterpret_cast<std::uint64_t (*)(std::uint64_t)>(dlsym(library_, "plugin_use"));
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin() { unload(); }

  void use(std::uint64_t seed) const {
    ASSERT_NE(use_, nullptr);
    EXPECT_EQ(use_(seed), seed);
  }
  // Result: whether the system has let go of it.
  bool unload() {
    if (library_ == nullptr) return true;
    dlclose(library_);
    library_ = nullptr;
    void* const still = dlopen(file_.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (still != nullptr) dlclose(still);
    return still == nullptr;
  }

 private:
  std::string file_;
  void* library_;
  std::uint64_t (*use_)(std::uint64_t) = nullptr;
};

std::size_t free_keys() {
  std::vector<pthread_key_t> keys;
  for (pthread_key_t key{}; pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
  for (const pthread_key_t key : keys) pthread_key_delete(key);
  return keys.size();
}

class Plugins : public testing::TestWithParam<std::size_t> {
 protected:
  const char* file_ = plugins()[GetParam()].file;
};

TEST_P(Plugins, TwoHundredReloadsLeaveNothingBehind) {
  const std::size_t before = free_keys();
  for (std::uint64_t round = 1; round <= 200; ++round) {
    Plugin plugin(file_);
    plugin.use(round);
    if (round % 20 == 0) std::thread([&] { plugin.use(round); }).join();
    ASSERT_TRUE(plugin.unload()) << "round " << round;
  }
  EXPECT_EQ(free_keys(), before);
}

TEST_P(Plugins, ThreadsMayOutliveThePlugin) {
  constexpr int kThreads = 4;
  for (int round = 0; round < 5; ++round) {
    Plugin plugin(file_);
    std::barrier step(kThreads + 1);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        plugin.use(7);
        step.arrive_and_wait();
        step.arrive_and_wait();
      });
    }
    step.arrive_and_wait();
    EXPECT_TRUE(plugin.unload());
    step.arrive_and_wait();
    for (std::thread& thread : threads) thread.join();
  }
}

// Each object of the process that has thread-local storage takes from little room.
TEST_P(Plugins, SixteenCopiesAreLoadedAtOnce) {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() /
      ("framealloc_plugins_" + std::to_string(getpid()) + '_' + std::to_string(GetParam()));
  fs::create_directories(folder);
  {
    std::array<std::unique_ptr<Plugin>, 16> loaded;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
      const fs::path copy = folder / (std::to_string(i) + ".so");
      fs::copy_file(file_, copy, fs::copy_options::overwrite_existing);
      loaded[i] = std::make_unique<Plugin>(copy.string());
    }
    const auto use_all = [&] {
      for (std::size_t i = 0; i < loaded.size(); ++i) loaded[i]->use(i + 1);
    };
    use_all();
    std::thread(use_all).join();
    for (const auto& one : loaded) EXPECT_TRUE(one->unload());
  }
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Compilers, Plugins, testing::Range(std::size_t{0}, plugins().size()),
                         [](const testing::TestParamInfo<std::size_t>& plugin) {
                           return std::string(plugins()[plugin.param].compiler);
                         });

}  // namespace
