// cp.async: the target holds NaN until its thread has waited for the group of the copy; it is written then.
struct sinter_copy { float* to; const float* from; int floats, group; };
static sinter_copy sinter_copies[1024][128];
static int sinter_copies_begun[1024], sinter_groups[1024];
template <int FLOATS> static inline void copyAsync(float* to, const float* from, bool inside, SINTER_LINE) {
  const int t = threadIdx.x;
  if (((unsigned long)to | (inside ? (unsigned long)from : 0)) % (4 * FLOATS) != 0) {
    sinter_module.runtime.fail("cp.async: addresses are not aligned", line);
  }
  if (sinter_copies_begun[t] == 128) sinter_module.runtime.fail("cp.async: more copies under way than simulated", line);
  for (int i = 0; i < FLOATS; i++) to[i] = __uint_as_float(0x7fc00000u);
  sinter_copy copy = {to, inside ? from : (const float*)0, FLOATS, sinter_groups[t]};
  sinter_copies[t][sinter_copies_begun[t]++] = copy;
}
static inline void commitCopies() { sinter_groups[threadIdx.x]++; }
template <int GROUPS> static inline void awaitCopies() {
  const int t = threadIdx.x;
  int kept = 0;
  for (int c = 0; c < sinter_copies_begun[t]; c++) {
    const sinter_copy copy = sinter_copies[t][c];
    if (copy.group >= sinter_groups[t] - GROUPS) sinter_copies[t][kept++] = copy;
    else for (int i = 0; i < copy.floats; i++) copy.to[i] = copy.from == 0 ? 0.0f : copy.from[i];
  }
  sinter_copies_begun[t] = kept;
}
