// SPDX-License-Identifier: MIT
//
// Symbols, from the file: dladdr sees only what the dynamic linker does, and
// that is not static functions, nor any of a program linked as usual.
//
// The file is read piece by piece and not mapped: one that shrinks meanwhile
// must not fault. One that was replaced since it was loaded gives wrong names;
// the program's own, opened through /proc/self/exe, cannot be.
//
// Most frames of a dump are the same few: what was found is kept. Who finds
// the cache in use, perhaps by the one whom a signal interrupted, does without.
//
// After the ELF specification, version 1.2 and its 64-bit supplement.

#include "rt/symbol.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "rt/atomic.h"

enum {
	AT_ONCE = 64,  // symbols
	CACHED = 256,
};

struct known {
	uint64_t key;
	uint64_t offset;
	char name[SYMBOL_NAME];
};

static struct known cache[CACHED];  // is_taken
static uint32_t is_taken;           // atomic

static bool
read_at(int fd, void *to, size_t n, uint64_t offset)
{
	return pread(fd, to, n, (off_t)offset) == (ssize_t)n;
}

// find_section stores the first section of that type.
static bool
find_section(int fd, const Elf64_Ehdr *e, uint32_t type, Elf64_Shdr *s)
{
	for (uint64_t i = 0; i < e->e_shnum; i++) {
		if (!read_at(fd, s, sizeof *s, e->e_shoff + i * sizeof *s))
			return false;
		if (s->sh_type == type)
			return true;
	}
	return false;
}

static bool
holds(const Elf64_Sym *s, uint64_t address)
{
	return ELF64_ST_TYPE(s->st_info) == STT_FUNC &&
	       s->st_shndx != SHN_UNDEF && address >= s->st_value &&
	       address - s->st_value < s->st_size;
}

static bool
find_symbol(int fd, const Elf64_Shdr *table, uint64_t address, Elf64_Sym *found)
{
	Elf64_Sym some[AT_ONCE];
	uint64_t at = table->sh_offset, left = table->sh_size / sizeof *some;
	uint64_t n;

	for (; left > 0; left -= n, at += n * sizeof *some) {
		n = left < AT_ONCE ? left : AT_ONCE;
		if (!read_at(fd, some, n * sizeof *some, at))
			return false;
		for (uint64_t i = 0; i < n; i++) {
			if (!holds(&some[i], address))
				continue;
			*found = some[i];
			return true;
		}
	}
	return false;
}

static bool
look_up(int fd, uint64_t address, Elf64_Sym *found, uint64_t *name_at)
{
	Elf64_Ehdr e;
	Elf64_Shdr table, strings;

	if (!read_at(fd, &e, sizeof e, 0) ||
	    memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_shentsize != sizeof(Elf64_Shdr))
		return false;
	if (!find_section(fd, &e, SHT_SYMTAB, &table) &&
	    !find_section(fd, &e, SHT_DYNSYM, &table))
		return false;
	if (!read_at(fd, &strings, sizeof strings,
		     e.e_shoff + table.sh_link * sizeof strings) ||
	    !find_symbol(fd, &table, address, found))
		return false;
	*name_at = strings.sh_offset + found->st_name;
	return true;
}

static void
search(const char *path, uint64_t address, struct known *k)
{
	int saved = errno, fd = -1;
	Elf64_Sym symbol;
	uint64_t name_at;
	ssize_t n = 0;

	// The kernel's page of code has a name, but no file.
	if (path[0] == '/')
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (look_up(fd, address, &symbol, &name_at)) {
			n = pread(fd, k->name, sizeof k->name - 1,
				  (off_t)name_at);
			k->offset = address - symbol.st_value;
		}
		close(fd);
	}
	k->name[n > 0 ? n : 0] = '\0';
	errno = saved;
}

// key_of mixes path and address (FNV-1a, 64 bits): two of the same key are
// not to be feared.
static uint64_t
key_of(const char *path, uint64_t address)
{
	uint64_t key = 0xcbf29ce484222325;

	for (; *path != '\0'; path++)
		key = (key ^ (unsigned char)*path) * 0x100000001b3;
	for (int i = 0; i < 64; i += 8)
		key = (key ^ (address >> i & 0xff)) * 0x100000001b3;
	return key;
}

void
go__symbol(const char *path, uint64_t address, char name[SYMBOL_NAME],
	   uint64_t *offset)
{
	uint64_t key = key_of(path, address);
	struct known own = {0}, *k = &own;
	// [BT1] the cache is as the last one left it.
	bool is_mine = cas_acq(&is_taken, 0, 1);

	if (is_mine)
		k = &cache[key % CACHED];
	if (k->key != key) {
		search(path, address, k);
		k->key = key;
	}
	memcpy(name, k->name, sizeof k->name);
	*offset = k->offset;
	if (is_mine)
		store_rel(&is_taken, 0);  // [BT1] pairs with the next one
}
