// Operations of a warp, computed at once when its last lane has arrived; numbers of tensor cores.
#include "simulator.h"

#include <cstring>

namespace sinter {

namespace {

float as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// PTX ISA, "Matrix fragments for mma.m16n8k8", .tf32: with g = lane / 4 and t = lane % 4,
// a0..a3 = A[g, t], A[g + 8, t], A[g, t + 4], A[g + 8, t + 4]; b0, b1 = B[t, g], B[t + 4, g];
// c0..c3 = C[g, 2t], C[g, 2t + 1], C[g + 8, 2t], C[g + 8, 2t + 1].
void load_tf32(sinter_warp** lanes, float a[16][16], float b[16][8]) {
  for (int l = 0; l < 32; l++) {
    int g = l / 4, t = l % 4;
    for (int i = 0; i < 4; i++) {
      a[g + i % 2 * 8][t + i / 2 * 4] = as_float(lanes[l]->a[i] & 0xffffe000u);
    }
    for (int i = 0; i < 2; i++) b[t + i * 4][g] = as_float(lanes[l]->b[i] & 0xffffe000u);
  }
}

// "Matrix fragments for mma.m16n8k16", .bf16: each register holds two neighbours along k, the
// lower index in the low half; a0..a3 = A[g, 2t..], A[g + 8, 2t..], A[g, 2t + 8..],
// A[g + 8, 2t + 8..]; b0, b1 = B[2t.., g], B[2t + 8.., g].
void load_bf16(sinter_warp** lanes, float a[16][16], float b[16][8]) {
  for (int l = 0; l < 32; l++) {
    int g = l / 4, t = l % 4;
    for (int half = 0; half < 2; half++) {
      auto part = [half](unsigned bits) { return as_float(half == 0 ? bits << 16 : bits & 0xffff0000u); };
      for (int i = 0; i < 4; i++) a[g + i % 2 * 8][2 * t + i / 2 * 8 + half] = part(lanes[l]->a[i]);
      for (int i = 0; i < 2; i++) b[2 * t + i * 8 + half][g] = part(lanes[l]->b[i]);
    }
  }
}

void multiply(sinter_warp** lanes, int depth) {
  float a[16][16], b[16][8];
  if (depth == 8) load_tf32(lanes, a, b);
  else load_bf16(lanes, a, b);
  for (int l = 0; l < 32; l++) {
    for (int i = 0; i < 4; i++) {
      int row = l / 4 + i / 2 * 8, column = l % 4 * 2 + i % 2;
      float sum = lanes[l]->d[i];
      for (int k = 0; k < depth; k++) sum += a[row][k] * b[k][column];
      lanes[l]->d[i] = sum;
    }
  }
}

}  // namespace

void finish(sinter_warp** lanes) {
  sinter_operation operation = SINTER_SYNC;
  unsigned long long values[32] = {}, votes = 0;
  for (int l = 0; l < 32; l++) {
    if (lanes[l] == nullptr) continue;
    operation = lanes[l]->operation;
    values[l] = lanes[l]->value;
    votes |= (lanes[l]->value & 1) << l;
  }
  if (operation == SINTER_MMA_TF32) return multiply(lanes, 8);
  if (operation == SINTER_MMA_BF16) return multiply(lanes, 16);
  for (int l = 0; l < 32; l++) {
    if (lanes[l] == nullptr) continue;
    if (operation == SINTER_SHUFFLE) lanes[l]->value = values[lanes[l]->source];
    if (operation == SINTER_BALLOT) lanes[l]->value = votes;
  }
}

float to_tf32(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return (bits & 0x7f800000u) == 0x7f800000u ? x : as_float((bits + 0x1000u) & 0xffffe000u);
}

float to_bf16(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return x != x ? x : as_float((bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u);
}

}  // namespace sinter
