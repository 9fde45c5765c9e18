// cp.async: the target holds NaN until its thread has waited for the group of the copy; it is written then.
struct sinter_copy { float* to; const float* from; int floats, group; };
struct sinter_copier { int begun, groups; sinter_copy copies[128]; };
SINTER_UNCHECKED static inline sinter_copier& sinter_copies() {
  return *(sinter_copier*)sinter_module.runtime.local(sizeof(sinter_copier));
}
SINTER_UNCHECKED static inline void sinter_begin_copy(float* to, const float* from, int floats, int line) {
  sinter_copier& mine = sinter_copies();
  if (mine.begun == 128) sinter_module.runtime.fail("cp.async: more copies under way than simulated", line);
  mine.copies[mine.begun++] = {to, from, floats, mine.groups};
}
// Returns whether a copy has to complete now, which it describes.
SINTER_UNCHECKED static inline bool sinter_end_copy(int kept_groups, sinter_copy* copy) {
  sinter_copier& mine = sinter_copies();
  for (int c = 0; c < mine.begun; c++) {
    if (mine.copies[c].group >= mine.groups - kept_groups) continue;
    *copy = mine.copies[c];
    for (mine.begun--; c < mine.begun; c++) mine.copies[c] = mine.copies[c + 1];
    return true;
  }
  return false;
}
template <int FLOATS> static inline void copyAsync(float* to, const float* from, bool inside, SINTER_LINE) {
  if (((unsigned long)to | (inside ? (unsigned long)from : 0)) % (4 * FLOATS) != 0) {
    sinter_module.runtime.fail("cp.async: addresses are not aligned", line);
  }
  for (int i = 0; i < FLOATS; i++) to[i] = __uint_as_float(0x7fc00000u);
  // It may read from now on, or as late as when it is waited for.
  if (inside) sinter_module.runtime.access((unsigned long)from, 4 * FLOATS, 0);
  sinter_begin_copy(to, inside ? from : (const float*)0, FLOATS, line);
}
SINTER_UNCHECKED static inline void commitCopies() { sinter_copies().groups++; }
template <int GROUPS> static inline void awaitCopies() {
  for (sinter_copy copy; sinter_end_copy(GROUPS, &copy);) {
    for (int i = 0; i < copy.floats; i++) copy.to[i] = copy.from == 0 ? 0.0f : copy.from[i];
  }
}
