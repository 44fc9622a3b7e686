// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <memory>

namespace fa = framealloc;

class Button {
 public:
  template <class F>
  void on_click(F&& f) {
    click_ = std::make_unique<Model<std::decay_t<F>>>(std::forward<F>(f));
  }
  void click() {
    if (click_) click_->call();
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual void call() = 0;
  };
  template <class F>
  struct Model final : Concept {
    explicit Model(F f) : f_(std::move(f)) {}
    void call() override { f_(); }
    F f_;
  };
  std::unique_ptr<Concept> click_;
};
void build(fa::SmartAlloc& alloc, Button& button) {
  auto state = alloc.frame_slice<int>(2);
  button.on_click([state]() mutable { ++state[0]; });  // expect: FA703
}
class Dialog {
 public:
  void show(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    build(alloc, ok_);
  }

 private:
  Button ok_;
};
void run(fa::SmartAlloc& alloc, Dialog& dialog) { dialog.show(alloc); }
