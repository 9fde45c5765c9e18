// Shared by the module of a kernel and the simulator. Both include it first; it includes nothing.
#pragma once

struct sinter_dim {
  unsigned x, y, z;
};

enum sinter_operation { SINTER_SYNC, SINTER_SHUFFLE, SINTER_BALLOT, SINTER_MMA_TF32, SINTER_MMA_BF16 };

// The part of one lane in an operation of its warp; on the stack of the lane while it waits.
struct sinter_warp {
  sinter_operation operation;
  unsigned mask;
  int line;
  unsigned long long value;  // in: the value of the lane; out: the received value
  int source;                // SHUFFLE: lane read
  float* d;                  // MMA: fragments
  const unsigned* a;
  const unsigned* b;
};

struct sinter_runtime {
  void (*barrier)(int line);
  void (*warp)(sinter_warp* lane);
  void (*fail)(const char* what, int line);               // ends the launch, does not return
  void (*index)(unsigned long index, int line);           // reports one out of bounds
  void (*access)(unsigned long address, unsigned long bytes, int kind);  // 0 load, 1 store, 2 atomic
  void (*release)(unsigned* counter, unsigned value);
  unsigned (*load)(const unsigned* counter, bool acquire, int line);  // may run other blocks first
  void (*fence)();                                         // __threadfence
  void* (*local)(unsigned long bytes);                     // memory of the running thread, 0 at its start
};

// The variables of the module, exported as sinter_module.
struct sinter_exports {
  sinter_runtime runtime;  // set when the module is loaded
  sinter_dim* thread;
  sinter_dim* block;
  sinter_dim* block_size;
  sinter_dim* grid_size;
  unsigned char* static_begin;  // __shared__ variables
  unsigned char* static_end;
  unsigned char* dynamic;  // extern __shared__ of the running block
  bool checked;            // whether loads and stores call access
  int left_out;            // the number of the wait or fence that this launch leaves out, or -1
};
