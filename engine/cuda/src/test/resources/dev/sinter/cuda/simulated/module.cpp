// Loads the shared object of a kernel and finds its __shared__ variables.
#include "simulator.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace sinter {

namespace {

// Local variables of functions in writable memory are __shared__ ones. Their section does not show it, because g++
// drops it (and "used") in templates.
void find_shared(const std::vector<char>& file, uint64_t base, Module& module) {
  auto* header = reinterpret_cast<const ElfW(Ehdr)*>(file.data());
  auto* sections = reinterpret_cast<const ElfW(Shdr)*>(file.data() + header->e_shoff);
  for (int s = 0; s < header->e_shnum; s++) {
    if (sections[s].sh_type != SHT_SYMTAB) continue;
    auto* symbols = reinterpret_cast<const ElfW(Sym)*>(file.data() + sections[s].sh_offset);
    const char* names = file.data() + sections[sections[s].sh_link].sh_offset;
    for (size_t i = 0; i < sections[s].sh_size / sizeof(ElfW(Sym)); i++) {
      const ElfW(Sym)& symbol = symbols[i];
      if (ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_shndx >= header->e_shnum) continue;
      if ((sections[symbol.st_shndx].sh_flags & SHF_WRITE) == 0) continue;
      auto* address = reinterpret_cast<unsigned char*>(base + symbol.st_value);
      const char* name = names + symbol.st_name;
      bool in_section = address >= module.exports->static_begin && address < module.exports->static_end;
      if (in_section || (strncmp(name, "_ZZ", 3) == 0 && strstr(name, "clock64") == nullptr)) {
        module.shared.push_back({address, symbol.st_size});
        module.shared_bytes += symbol.st_size;
      }
    }
  }
}

}  // namespace

Module::Module(const std::string& path) {
  library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Failure(format("dlopen: %s", dlerror()));
  exports = static_cast<sinter_exports*>(symbol("sinter_module"));
  exports->runtime = runtime;
  link_map* map = nullptr;
  dlinfo(library, RTLD_DI_LINKMAP, &map);
  std::ifstream in(path, std::ios::binary);
  std::vector<char> file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  find_shared(file, map->l_addr, *this);
}

Module::~Module() { dlclose(library); }

void* Module::symbol(const std::string& name) const {
  void* address = dlsym(library, name.c_str());
  if (address == nullptr) throw Failure(name + " is not in the image");
  return address;
}

Function Module::function(const std::string& name) {
  if (dlsym(library, ("sinter_call_" + name).c_str()) == nullptr) {
    throw Failure("kernel " + name + " is not in the image; is it extern \"C\" __global__ void?");
  }
  Function f;
  f.name = name;
  f.call = reinterpret_cast<void (*)(void**)>(symbol("sinter_call_" + name));
  f.signature = reinterpret_cast<const char* (*)()>(symbol("sinter_signature_" + name))();
  f.struct_bytes = reinterpret_cast<unsigned (*)()>(symbol("sinter_struct_bytes_" + name))();
  f.bounds = *static_cast<int*>(symbol("sinter_bounds_" + name));
  f.module = this;
  return f;
}

}  // namespace sinter
