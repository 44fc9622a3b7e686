// SPDX-License-Identifier: MIT OR Apache-2.0
// Moves each particle by its velocity, for one step.
#version 450
layout(local_size_x = 64) in;
struct Particle { vec2 position; vec2 velocity; };
layout(std430, binding = 0) readonly buffer In { Particle particles[]; } source;
layout(std430, binding = 1) writeonly buffer Out { Particle particles[]; } result;
layout(push_constant) uniform Constants { uint count; };

void main() {
  uint i = gl_GlobalInvocationID.x;
  if (i >= count) return;
  Particle particle = source.particles[i];
  particle.position += particle.velocity;
  result.particles[i] = particle;
}
