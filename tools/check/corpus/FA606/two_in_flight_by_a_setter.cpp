// SPDX-License-Identifier: MIT OR Apache-2.0
// How many frames are in flight is a constant that a setter of the configuration is given.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
constexpr unsigned kInFlight = 2;
struct Command {
  int id;
};
int main() {
  fa::SmartAlloc alloc(fa::AllocConfig{}.with_frames_in_flight(kInFlight));
  alloc.begin_frame();
  Command* command = alloc.frame_new<Command>(Command{4});
  alloc.end_frame();
  alloc.begin_frame();
  int sum = command->id;
  alloc.end_frame();
  sum += command->id;  // expect: FA606
  return sum;
}
