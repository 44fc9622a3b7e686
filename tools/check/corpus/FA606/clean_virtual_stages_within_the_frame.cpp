// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <vector>

namespace fa = framealloc;

struct Context {
  fa::SmartAlloc& alloc;
  std::span<int> bodies;
};
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void run(Context& context) = 0;
};
class Gather final : public Stage {
 public:
  void run(Context& context) override { context.bodies = context.alloc.frame_slice<int>(8); }
};
class Integrate final : public Stage {
 public:
  void run(Context& context) override {
    for (int& body : context.bodies) ++body;
  }
};
class Pipeline {
 public:
  Pipeline() {
    stages_.push_back(std::make_unique<Gather>());
    stages_.push_back(std::make_unique<Integrate>());
  }
  void frame(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    Context context{alloc, {}};
    for (const auto& stage : stages_) stage->run(context);
  }

 private:
  std::vector<std::unique_ptr<Stage>> stages_;
};
void use(Pipeline& pipeline, fa::SmartAlloc& alloc) { pipeline.frame(alloc); }
