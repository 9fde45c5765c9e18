// Replaces the NVIDIA driver in tests: device memory is host memory, streams are in order because everything runs at
// once, and only the kernels "add" and "advance" do anything. Calls in the wrong order are errors.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef DRIVER
#define DRIVER 13000
#endif
#ifndef INIT
#define INIT 0
#endif
#ifndef MAJOR
#define MAJOR 9
#endif
#ifndef TOTAL
#define TOTAL ((size_t)1 << 33)
#endif
#ifndef NAME
#define NAME "Stub GPU"
#endif
#ifndef COUNT
#define COUNT 1
#endif
#ifndef MODE
#define MODE 0 // of computing: 2 prohibited, 3 exclusive process
#endif
#ifndef RETAIN
#define RETAIN 0 // the answer to a process that wants a context
#endif
#ifndef HELD
#define HELD ((size_t)0) // by other processes
#endif
#ifndef LOST_AFTER
#define LOST_AFTER 1000000000 // launches of graphs
#endif

enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_CAPTURING = 901, CAPTURING = 900, LOST = 719 };
enum { MOST = 100000 };

typedef unsigned long long address;
struct function { char name[64]; };
struct launch { struct function *function; unsigned long long values[3]; };
struct graph { int count; struct launch launches[4096]; };

static int retained, current, alive, capturing, graphs_launched;
static size_t used;
static struct { address start; size_t bytes; } blocks[MOST];
static struct graph *recording;

static int lost(void) { return graphs_launched > LOST_AFTER ? LOST : OK; }

static int bad(const char *what) {
  fprintf(stderr, "libcuda of the test: %s\n", what);
  return INVALID_VALUE;
}

int cuDriverGetVersion(int *version) { *version = DRIVER; return OK; }
int cuInit(unsigned flags) { return INIT; }
int cuGetErrorName(int code, const char **text) {
  *text = code == 100 ? "CUDA_ERROR_NO_DEVICE" : code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY"
          : code == 46 ? "CUDA_ERROR_DEVICE_UNAVAILABLE"
          : code == LOST ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_INVALID_VALUE";
  return OK;
}
int cuGetErrorString(int code, const char **text) { *text = "as the test has it"; return OK; }
int cuGetExportTable(const void **table, const void *id) { *table = NULL; return 801; } // NVRTC asks for one
int cuDeviceGetCount(int *count) { *count = COUNT; return OK; }
int cuDeviceGet(int *device, int index) { *device = 7 + index; return OK; }
int cuDeviceGetName(char *name, int length, int device) { strcpy(name, device == 7 ? NAME : "Another GPU"); return OK; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = TOTAL; return OK; }
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
  for (int i = 0; i < 16; i++) uuid[i] = i == 15 ? device - 7 : 0xa0 + i;
  return OK;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? MAJOR : attribute == 76 ? 0 : attribute == 16 ? 132
           : attribute == 20 ? MODE : 232448;
  return device >= 7 && device < 7 + COUNT ? OK : bad("cuDeviceGetAttribute of another device");
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  if (RETAIN != 0) return RETAIN;
  retained++;
  *context = &retained;
  return OK;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  if (--retained == 0 && alive != 0) {
    fprintf(stderr, "libcuda of the test: %d things were not given back\n", alive);
    return INVALID_VALUE;
  }
  return OK;
}
int cuCtxSetCurrent(void *context) { current = context != NULL; return OK; }

static int make(void **handle) {
  if (!current) return bad("no current context");
  *handle = calloc(1, 64);
  alive++;
  return OK;
}
static int give(void *handle) { free(handle); alive--; return OK; }
int cuStreamCreate(void **stream, unsigned flags) { return make(stream); }
int cuStreamDestroy_v2(void *stream) { return give(stream); }
int cuStreamSynchronize(void *stream) { return capturing ? CAPTURING : lost(); }
int cuStreamQuery(void *stream) { return capturing ? CAPTURING : lost(); }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { return OK; }
int cuEventCreate(void **event, unsigned flags) { return make(event); }
int cuEventDestroy_v2(void *event) { return give(event); }
int cuEventRecord(void *event, void *stream) { return stream == NULL ? bad("an event on no stream") : OK; }
int cuEventSynchronize(void *event) { return lost(); }
int cuEventElapsedTime_v2(float *milliseconds, void *from, void *to) { *milliseconds = 0.5f; return OK; }

int cuMemGetInfo_v2(size_t *free, size_t *total) { *free = TOTAL - HELD - used; *total = TOTAL; return OK; }
int cuMemAlloc_v2(address *start, size_t bytes) {
  if (capturing) return CAPTURING;
  if (bytes > TOTAL - HELD - used) return OUT_OF_MEMORY;
  for (int i = 0; i < MOST; i++) {
    if (blocks[i].start == 0) {
      void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
      memset(memory, 0, bytes);
      blocks[i].start = *start = (address)memory;
      blocks[i].bytes = bytes;
      used += bytes;
      alive++;
      return OK;
    }
  }
  return OUT_OF_MEMORY;
}
int cuMemFree_v2(address start) {
  if (lost()) return LOST;
  for (int i = 0; i < MOST; i++) {
    if (blocks[i].start == start && start != 0) {
      used -= blocks[i].bytes;
      blocks[i].start = 0;
      alive--;
      free((void *)start);
      return OK;
    }
  }
  return bad("cuMemFree of what was not allocated");
}
static int inside(address start, size_t bytes) {
  for (int i = 0; i < MOST; i++) {
    if (start >= blocks[i].start && start + bytes <= blocks[i].start + blocks[i].bytes) return 1;
  }
  return 0;
}
int cuMemAllocHost_v2(void **memory, size_t bytes) { *memory = malloc(bytes); alive++; return OK; }
int cuMemFreeHost(void *memory) { return give(memory); }
int cuMemcpyHtoDAsync_v2(address target, const void *source, size_t bytes, void *stream) {
  if (!inside(target, bytes)) return bad("a copy past the end of device memory");
  memcpy((void *)target, source, bytes);
  return OK;
}
int cuMemcpyDtoHAsync_v2(void *target, address source, size_t bytes, void *stream) {
  if (!inside(source, bytes)) return bad("a copy from past the end of device memory");
  memcpy(target, (void *)source, bytes);
  return OK;
}
int cuMemsetD32Async(address target, unsigned word, size_t words, void *stream) {
  if (!inside(target, 4 * words)) return bad("a fill past the end of device memory");
  for (size_t i = 0; i < words; i++) ((unsigned *)target)[i] = word;
  return OK;
}

int cuModuleLoadData(void **module, const void *image) {
  return memcmp(image, "\177ELF", 4) == 0 ? make(module) : bad("a module that is no cubin");
}
int cuModuleUnload(void *module) { return give(module); }
int cuModuleGetFunction(struct function **function, void *module, const char *name) {
  struct function *made = calloc(1, sizeof *made);
  strncpy(made->name, name, sizeof made->name - 1);
  *function = made; // owned by its module, which does not matter here
  return OK;
}
int cuFuncGetAttribute(int *value, int attribute, void *function) { *value = 1024; return OK; }
int cuFuncSetAttribute(void *function, int attribute, int value) {
  return value == 232448 - 1024 ? OK : bad("more shared memory than there is");
}

static void run(const struct launch *launch) {
  const unsigned long long *values = launch->values;
  if (strcmp(launch->function->name, "add") == 0) { // float *x, float y, long long count
    float y;
    memcpy(&y, &values[1], 4);
    for (long long i = 0; i < (long long)values[2]; i++) ((float *)values[0])[i] += y;
  } else if (strcmp(launch->function->name, "advance") == 0) { // Position *position, int steps
    ((int *)values[0])[13] += (int)values[1];
  }
}
int cuLaunchKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **parameters, void **extra) {
  if (gx * gy * gz == 0 || bx % 32 != 0 || by != 1 || bz != 1 || extra != NULL) return bad("a launch of a wrong shape");
  struct launch launch = {function, {0, 0, 0}};
  int count = strcmp(function->name, "add") == 0 ? 3 : strcmp(function->name, "advance") == 0 ? 2 : 1;
  for (int i = 0; i < count; i++) memcpy(&launch.values[i], parameters[i], i == 1 ? 4 : 8);
  if (!capturing) run(&launch);
  else if (recording->count < 4096) recording->launches[recording->count++] = launch;
  else return bad("a graph of more than 4096 kernels");
  return OK;
}

int cuLaunchCooperativeKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                              unsigned bz, unsigned shared, void *stream, void **parameters) {
  return cuLaunchKernel(function, gx, gy, gz, bx, by, bz, shared, stream, parameters, NULL);
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, struct function *function, int threads, size_t shared) {
  *blocks = 1;
  return OK;
}

int cuStreamBeginCapture_v2(void *stream, int mode) {
  if (capturing) return bad("a recording within a recording");
  recording = calloc(1, sizeof *recording);
  capturing = 1;
  alive++;
  return OK;
}
int cuStreamEndCapture(void *stream, struct graph **graph) {
  if (!capturing) return NOT_CAPTURING;
  capturing = 0;
  *graph = recording;
  return OK;
}
int cuGraphInstantiateWithFlags(struct graph **executable, struct graph *graph, unsigned long long flags) {
  *executable = malloc(sizeof *graph);
  memcpy(*executable, graph, sizeof *graph);
  alive++;
  return OK;
}
int cuGraphUpload(struct graph *executable, void *stream) { return OK; }
int cuGraphLaunch(struct graph *executable, void *stream) {
  graphs_launched++;
  if (lost()) return LOST;
  for (int i = 0; i < executable->count; i++) run(&executable->launches[i]);
  return OK;
}
int cuGraphDestroy(struct graph *graph) { return give(graph); }
int cuGraphExecDestroy(struct graph *executable) { return give(executable); }
