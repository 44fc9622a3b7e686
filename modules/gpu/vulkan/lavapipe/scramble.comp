// SPDX-License-Identifier: MIT OR Apache-2.0
// One step of a linear congruential generator for each word: every bit of the result depends on
// the input's.
#version 450
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer In { uint words[]; } source;
layout(std430, binding = 1) writeonly buffer Out { uint words[]; } result;
layout(push_constant) uniform Constants { uint count; };

void main() {
  uint i = gl_GlobalInvocationID.x;
  if (i < count) result.words[i] = source.words[i] * 1664525u + 1013904223u;
}
