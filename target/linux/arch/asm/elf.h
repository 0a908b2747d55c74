/* What core dumps would need; nothing here makes one. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_ELF_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_ELF_H_

#define ELF_CLASS ELFCLASS64
#define ELF_DATA ELFDATA2LSB
#define ELF_ARCH 62
typedef unsigned long elf_greg_t;
typedef elf_greg_t elf_gregset_t[32];
typedef unsigned long elf_fpregset_t[64];

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_ELF_H_ */
