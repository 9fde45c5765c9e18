// All steps of a graph in one launch of one block, for a small network. WholeStepKernel.java writes the program of the
// network as calls of the functions of block.cu and rows.cu. Between steps, only results leave the multiprocessor.

#include "block.cu"

// THREADS of the block. Regions: pointers to the regions of the state and to the arena, in shared memory if there is
// room. regionsOf(state, scratch, shared): their places. load(regions, state), store(regions, state): copy those in
// shared memory. runStep(position, step, regions, state). updateElement as in optimizer.cu.
#include "generated.cu"

struct WholeStepArguments {
  const Position *position;
  int first, steps; // of the graph
  float *state, *scratch;
};

extern "C" __global__ void __launch_bounds__(THREADS) wholeStep(const WholeStepArguments a) {
  extern __shared__ __align__(16) float shared[];
  const Position position = *a.position; // does not change within a launch
  const Regions regions = regionsOf(a.state, a.scratch, shared);
  load(regions, a.state);
  __syncthreads();
  for (int step = a.first; step < a.first + a.steps; step++) runStep(&position, step, regions, a.state);
  store(regions, a.state);
}
