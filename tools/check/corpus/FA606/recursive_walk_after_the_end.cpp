// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Tree {
  Tree* left = nullptr;
  Tree* right = nullptr;
  int key = 0;
};
Tree* grow(fa::SmartAlloc& alloc, int depth) {
  if (depth == 0) return nullptr;
  Tree* tree = alloc.frame_new<Tree>();
  tree->key = depth;
  tree->left = grow(alloc, depth - 1);
  tree->right = grow(alloc, depth - 1);
  return tree;
}
int sum(const Tree* tree) {
  if (tree == nullptr) return 0;
  return tree->key + sum(tree->left) + sum(tree->right);
}
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Tree* tree = grow(alloc, 3);
  const int inside = sum(tree);
  alloc.end_frame();
  return inside + sum(tree);  // expect: FA606
}
