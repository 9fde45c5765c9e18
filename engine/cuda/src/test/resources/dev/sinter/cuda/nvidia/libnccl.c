// A libnccl.so.2 for one process that believes to be one of several: the others have its own numbers.
// The third all-reduce is never done, as if another process hung.
#include <stdlib.h>
#include <string.h>

enum { OK = 0, INVALID = 4, IN_PROGRESS = 7 };

struct id { char bytes[128]; };
struct config { size_t size; unsigned magic, version; int blocking; };
struct comm { int size, polls, calls; };

int ncclGetUniqueId(struct id *id) { memset(id, 7, sizeof *id); return OK; }
int ncclCommInitRankConfig(struct comm **comm, int size, struct id id, int rank, struct config *config) {
  if (id.bytes[127] != 7 || config->magic != 0xcafebeef || config->blocking != 0) return INVALID;
  *comm = calloc(1, sizeof **comm);
  (*comm)->size = size;
  (*comm)->polls = 3;
  return IN_PROGRESS;
}
int ncclCommGetAsyncError(struct comm *comm, int *state) {
  *state = comm->polls > 0 && comm->polls-- ? IN_PROGRESS : OK;
  return OK;
}
int ncclAllReduce(const float *from, float *to, size_t count, int type, int operation, struct comm *comm, void *stream) {
  if (comm->polls > 0 || type != 7 || operation != 0 || stream == NULL) return INVALID;
  for (size_t i = 0; i < count; i++) to[i] = from[i] * comm->size;
  comm->polls = ++comm->calls == 3 ? 1000000000 : 2;
  return IN_PROGRESS;
}
int ncclCommAbort(struct comm *comm) { free(comm); return OK; }
const char *ncclGetErrorString(int result) { return "the stub's error"; }
