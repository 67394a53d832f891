# SPDX-License-Identifier: MIT
#
# The whole build. `make help` lists the targets.
#
# Sources are found by room: libgo/{rt,conc,sys,data}/*.c make libgo.a,
# reflectgen/*.c the generator, examples/NAME/*.c and tests/ROOM/NOUN_test.c
# one program each. A header among the examples or tests that says GO_REFLECT
# goes through reflectgen first. Objects depend on the flags they were made
# with, and each mode (tsan, asan, ...) builds into a directory of its own.
#
#   BUILD=dir   where to build              V=1       show the commands
#   CC, CFLAGS  the compiler, optimisation  WERROR=1  warnings are errors
#   LLVM=dir    the LLVM whose libclang reflectgen links with
#   ARCH=name   the folder of libgo/rt/arch, if not the compiler's machine
#
# A cross build is one with CC=machine-gcc and REFLECTGEN=path: the path of a
# reflectgen that runs here. RUNNER= is what its tests are run with.

BUILD ?= build
PREFIX ?= /usr/local
CC ?= cc
AR ?= ar
CFLAGS ?= -O2 -g
VERSION = 0.1.0

ifeq ($(origin CC),default)
CC = gcc
endif

# ---- flags ----------------------------------------------------------------

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wundef -Wvla -Wwrite-strings -Wformat=2 \
	-Wimplicit-fallthrough -Wcast-align

BASE = -std=gnu11 -D_GNU_SOURCE -fno-common -pthread $(WARNINGS) \
	$(if $(WERROR),-Werror) -Ilibgo/include
MODE_FLAGS =
MODE_FLAGS_rt = $(MODE_FLAGS)
ifeq ($(MODE),tsan)
# rt/ tells the sanitizer about its own hand-overs (libgo/rt/tools.h).
MODE_FLAGS = -O1 -g -fno-omit-frame-pointer -DGO__TSAN -fsanitize=thread
MODE_FLAGS_rt = -O1 -g -fno-omit-frame-pointer -DGO__TSAN
endif
ifeq ($(MODE),asan)
MODE_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
endif
ifeq ($(MODE),valgrind)
MODE_FLAGS = -O1 -g -fno-omit-frame-pointer -DGO__VALGRIND
endif
ifeq ($(MODE),stress)
MODE_FLAGS = -DGO__STRESS
endif

MACHINE := $(shell $(CC) -dumpmachine)
ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(firstword \
	$(subst -, ,$(MACHINE)))))
ifeq ($(wildcard libgo/rt/arch/$(ARCH)),)
ARCH := generic
endif
ARCH_DIRS = libgo/rt/arch/$(ARCH) libgo/rt/arch/generic
LIB_FLAGS = -fvisibility=hidden -Ilibgo $(ARCH_DIRS:%=-I%)

# By the first folder of the source; then rt's own; then those of one file,
# which are set as CFLAGS_path/of/file.c. The library's assertions are on in
# all modes.
FLAGS_libgo = $(LIB_FLAGS) $(if $(MODE),,-DNDEBUG)
FLAGS_reflectgen = -fvisibility=hidden -I. $(LLVM:%=-isystem %/include)
# What reflectgen writes includes the header that it read by name.
FLAGS_examples = -I$(dir $<)
FLAGS_tests = -I$(dir $<) -Ilibgo $(ARCH_DIRS:%=-I%) -I. $(CHECK_CFLAGS) \
	$(if $(findstring tests/reflectgen/,$<),$(LLVM:%=-isystem %/include))
own_flags = $(FLAGS_$(firstword $(subst /, ,$<))) \
	$(if $(filter libgo/rt/%,$<),-fno-omit-frame-pointer) $(CFLAGS_$<)
mode_flags = $(if $(filter libgo/rt/%,$<),$(MODE_FLAGS_rt),$(MODE_FLAGS))
compile = $(CC) $(BASE) $(own_flags) -I$(BUILD)/gen/$(dir $<) $(CPPFLAGS) \
	$(CFLAGS) $(mode_flags) -MMD -MP
link = $(CC) $(CFLAGS) $(MODE_FLAGS) -pthread $(LDFLAGS)

# ---- sources ---------------------------------------------------------------

rooms = $(sort $(foreach r,$(1),$(wildcard $(r)/*.c)))
obj = $(addprefix $(BUILD)/obj/,$(addsuffix .o,$(basename $(1))))
gen = $(patsubst %.h,$(BUILD)/gen/%.reflect.$(2),$(1))
gen_obj = $(patsubst %.h,$(BUILD)/obj/gen/%.reflect.o,$(1))

# A file in rt/arch/ARCH replaces its namesake in rt/arch/generic.
arch_own := $(wildcard libgo/rt/arch/$(ARCH)/*.[cS])
arch_any := $(foreach f,$(wildcard libgo/rt/arch/generic/*.[cS]),$(if \
	$(filter $(basename $(notdir $(f))),$(basename $(notdir $(arch_own)))),,$(f)))
lib_src := $(call rooms,$(addprefix libgo/,rt conc sys data)) $(arch_own) \
	$(arch_any)
testing_src := $(call rooms,libgo/testing)
gen_src := $(call rooms,reflectgen)
bench_src := $(call rooms,tests/bench)

LIB = $(BUILD)/libgo.a
TESTING = $(if $(testing_src),$(BUILD)/libgo_testing.a)
REFLECTGEN ?= $(BUILD)/reflectgen
is_cross := $(filter-out $(BUILD)/reflectgen,$(REFLECTGEN))

# Headers that reflectgen reads, of the examples and of the tests.
reflected := $(shell grep -lE '^[^/*]*\bGO_REFLECT\b' \
	/dev/null $(wildcard examples/*/*.h tests/*/*.h))

example_dirs := $(filter-out tour,$(sort $(patsubst examples/%/,%,$(dir \
	$(wildcard examples/*/*.c)))))
tours := $(basename $(wildcard examples/tour/*.c))
test_src := $(filter-out tests/bench/% tests/lint/%,$(sort \
	$(wildcard tests/*/*_test.c)))
# Those that call the insides of reflectgen link with libclang. A cross build
# leaves them out, and the scripts: both are about this machine.
inside_src := $(shell grep -l '^#include "reflectgen/' /dev/null $(test_src))
test_sh := $(filter-out tests/lint/%,$(sort $(wildcard tests/*/*_test.sh)))
# What badday_test leads elsewhere are the thread sanitizer's own calls, too,
# which is in the program.
ifeq ($(MODE),tsan)
test_src := $(filter-out tests/rt/badday_test.c,$(test_src))
endif
ifneq ($(is_cross),)
test_src := $(filter-out $(inside_src),$(test_src))
test_sh :=
endif
# These count where dead stacks are: under stress some wait elsewhere.
ifeq ($(MODE),stress)
test_src := $(filter-out $(patsubst %,tests/rt/%_test.c,census million sweep), \
	$(test_src))
endif
EXAMPLES = $(example_dirs:%=$(BUILD)/examples/%) $(tours:%=$(BUILD)/%)
TESTS = $(test_src:%.c=$(BUILD)/%)

# ---- tools -----------------------------------------------------------------

# The first LLVM with libclang and its headers: 14, 16, 19, any other.
ifndef LLVM
LLVM := $(firstword $(foreach dir,$(foreach v,14 16 19,/usr/lib/llvm-$(v)) \
	$(wildcard /usr/lib/llvm-*),$(if $(and \
	$(wildcard $(dir)/include/clang-c/Index.h), \
	$(wildcard $(dir)/lib/libclang.so)),$(dir))))
endif
ifeq ($(LLVM),)
LLVM := $(shell { llvm-config-14 --prefix || llvm-config --prefix; } \
	2>/dev/null)
endif
CHECK_CFLAGS := $(shell pkg-config --cflags check 2>/dev/null)
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null)

ifeq ($(V),)
Q = @
say = @printf '  %-8s %s\n' $(1) $(patsubst $(BUILD)/%,%,$(2))
else
Q =
say = @:
endif
MAKE_QUIETLY = $(MAKE) --no-print-directory

# ---- targets ---------------------------------------------------------------

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE all lib examples run test tests check deps tsan asan stress \
	valgrind arm64 badday bench bench-build bench-peers lint fmt install \
	clean help

all: $(LIB) $(TESTING) $(REFLECTGEN)  ## the library and the generator (default)
	@:

lib: $(LIB) $(TESTING)  ## the library alone; needs no libclang
	@:

examples: $(EXAMPLES)  ## all examples, into build/examples
	@:

run:  ## install what is missing, build all, run the main example
	@CC='$(CC)' tests/deps build
	@$(MAKE_QUIETLY) all examples
	$(BUILD)/examples/procs $(ARGS)
run: ARGS = --sort "-rss, name" --top 15

test:  ## install what is missing, build all, lint, run every test
	@CC='$(CC)' tests/deps test
	@$(MAKE_QUIETLY) WERROR=1 all examples tests
	@rc=0; $(MAKE_QUIETLY) lint || rc=1; $(run_tests) || rc=1; exit $$rc
check: test

run_tests = BUILD='$(BUILD)' CC='$(CC)' MODE='$(MODE)' RUNNER='$(RUNNER)' \
	ARCH='$(ARCH)' tests/run $(TESTS) $(test_sh)

tests: $(TESTS)
	@:

deps:  ## install through apt what building and testing need
	@CC='$(CC)' tests/deps test

tsan:  ## every test under the thread sanitizer, in build/tsan
	@CC='$(CC)' tests/deps sanitize
	@$(MAKE_QUIETLY) WERROR=1 MODE=tsan BUILD=$(BUILD)/tsan CC=$(TSAN_CC) in-mode
TSAN_CC = clang

asan:  ## every test under the address and undefined sanitizers
	@CC='$(CC)' tests/deps sanitize
	@$(MAKE_QUIETLY) WERROR=1 MODE=asan BUILD=$(BUILD)/asan in-mode

valgrind:  ## every test program under valgrind
	@CC='$(CC)' tests/deps valgrind
	@TEST_SECONDS=900 CK_TIMEOUT_MULTIPLIER=20 $(MAKE_QUIETLY) WERROR=1 \
		MODE=valgrind BUILD=$(BUILD)/valgrind RUNNER=tests/valgrind \
		test_sh= in-mode

stress:  ## every test with bad luck (STRESS_SECONDS=n: the concurrent ones, that long)
	@CC='$(CC)' tests/deps test
	@TEST_SECONDS=600 $(MAKE_QUIETLY) WERROR=1 MODE=stress \
		BUILD=$(BUILD)/stress \
		$(if $(STRESS_SECONDS),in-stress,in-mode)

.PHONY: in-stress
in-stress: tests
	@BUILD='$(BUILD)' tests/stress $(STRESS_SECONDS) \
		$(filter-out %/badday_test,$(filter \
		$(addprefix $(BUILD)/tests/,rt/% conc/% sys/%),$(TESTS)))

.PHONY: in-mode
in-mode: all examples tests
	@$(run_tests)

arm64:  ## cross-build for AArch64, run the tests under qemu, in build/arm64
	@tests/deps arm64 && tests/get-check arm64 $(BUILD)/arm64/check
	+@$(MAKE_QUIETLY) $(REFLECTGEN)
	+@$(make_arm64) all examples tests
	+@rc=0; for n in 1 2 4; do echo "LIBGO_PROCS=$$n"; \
		LIBGO_PROCS=$$n $(make_arm64) in-mode || rc=1; done; exit $$rc
make_arm64 = $(MAKE_QUIETLY) WERROR=1 BUILD=$(BUILD)/arm64 \
	CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar \
	REFLECTGEN=$(REFLECTGEN) \
	RUNNER='qemu-aarch64 -L /usr/aarch64-linux-gnu' \
	CHECK_CFLAGS='$(addprefix -I$(BUILD)/arm64/check/usr/include, \
		/ /aarch64-linux-gnu)' \
	CHECK_LIBS='$(addprefix $(BUILD)/arm64/check/usr/lib/, \
		$(addprefix aarch64-linux-gnu/lib,check.a subunit.a))'

bench: bench-build  ## run the benchmarks (ARGS="-bench chan")
	$(BUILD)/bench $(ARGS)

ifeq ($(bench_src),)
bench-build:  ## build the benchmarks
	@echo "there are no benchmarks yet: tests/bench is empty" >&2; exit 1
else
bench-build: $(BUILD)/bench  ## build the benchmarks
endif

badday:  ## refuse each call of the system's in turn (make test: the first few)
	@CC='$(CC)' tests/deps test
	@$(MAKE_QUIETLY) WERROR=1 $(BUILD)/tests/rt/badday_test
	@BADDAY=all $(RUNNER) $(BUILD)/tests/rt/badday_test

bench-peers:  ## run them beside Boost.Fiber's and State Threads', on one processor
	@CC='$(CC)' tests/deps peers
	@$(MAKE_QUIETLY) bench-build $(PEERS)
	@BUILD='$(BUILD)' tests/bench/peers/compare $(ARGS)
PEERS = $(addprefix $(BUILD)/peers/,state_threads boost_fiber)

lint:  ## check headers, symbols, layers, layout, orders, both compilers
	@CC='$(CC)' tests/deps test
	@$(MAKE_QUIETLY) all
	@BUILD='$(BUILD)' BASE='$(filter-out -Werror,$(BASE))' \
		LIB_FLAGS='$(LIB_FLAGS)' LIB_SRC='$(lib_src) $(testing_src)' \
		GEN_FLAGS='$(FLAGS_reflectgen)' GEN_SRC='$(gen_src)' \
		tests/lint/all

fmt:  ## lay the sources out with clang-format 14
	@CC='$(CC)' tests/deps test
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' | \
		grep -v '/golden/' | xargs -r clang-format-14 -i

clean:  ## remove what was built
	$(Q)rm -rf $(BUILD)

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*  ## \(.*\)/\1\t\2/p' Makefile | sort -u | \
		while IFS='	' read -r t d; do \
			printf '  make %-12s %s\n' "$$t" "$$d"; done
	@echo 'Variables: BUILD= CC= CFLAGS= V=1 WERROR=1 PREFIX= DESTDIR= LLVM='

install: all  ## install under PREFIX (and DESTDIR)
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin \
		$(DESTDIR)$(PREFIX)/lib/pkgconfig \
		$(DESTDIR)$(PREFIX)/include/libgo \
		$(DESTDIR)$(PREFIX)/share/libgo
	$(Q)install -m 755 $(REFLECTGEN) $(DESTDIR)$(PREFIX)/bin
	$(Q)install -m 644 $(LIB) $(TESTING) $(DESTDIR)$(PREFIX)/lib
	$(Q)install -m 644 libgo/include/libgo.h $(DESTDIR)$(PREFIX)/include
	$(Q)install -m 644 libgo/libgo-gdb.py $(DESTDIR)$(PREFIX)/share/libgo
	$(Q)install -m 644 libgo/include/libgo/*.h \
		$(DESTDIR)$(PREFIX)/include/libgo
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
		'includedir=$${prefix}/include' '' 'Name: libgo' \
		'Description: goroutines, channels and reflection for C' \
		'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
		'Libs: $${libdir}/libgo.a -lpthread' \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/libgo.pc

# ---- rules -----------------------------------------------------------------

# The flags that objects were made with; changed flags remake them. WERROR
# alone does not: it changes no code.
flags_line = $(ARCH) $(filter-out -Werror,$(BASE)) $(CPPFLAGS) $(CFLAGS) $(MODE_FLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(flags_line)' | cmp -s - $@ || \
		echo '$(CC) $(flags_line)' >$@

$(LIB): $(call obj,$(lib_src))
$(BUILD)/libgo_testing.a: $(call obj,$(testing_src))
$(BUILD)/%.a:
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) qcs $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(compile) -c -o $@ $<

$(BUILD)/obj/%.o: %.S $(BUILD)/flags
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D) && $(compile) -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(BASE) -I$(dir $*) -I. $(CPPFLAGS) \
		$(CFLAGS) $(MODE_FLAGS) -MMD -MP -c -o $@ $<

ifeq ($(LLVM),)
$(BUILD)/reflectgen: FORCE
	@echo 'reflectgen needs libclang and finds none.' >&2
	@echo 'Run `make deps` to install it, or give LLVM=its-prefix.' >&2
	@exit 1
else
$(BUILD)/reflectgen: $(call obj,$(gen_src))
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(link) -o $@ $^ -L$(LLVM)/lib \
		-Wl,-rpath,$(LLVM)/lib -lclang
endif

# reflectgen writes both files at once.
$(BUILD)/gen/%.reflect.c $(BUILD)/gen/%.reflect.h: %.h $(REFLECTGEN)
	$(call say,REFLECT,$<)
	$(Q)mkdir -p $(@D) && $(REFLECTGEN) $< \
		-o $(BUILD)/gen/$*.reflect.c \
		--header $(BUILD)/gen/$*.reflect.h \
		-MD -MF $(BUILD)/gen/$*.reflect.d \
		-- $(is_cross:%=--target=$(MACHINE)) -std=gnu11 -D_GNU_SOURCE \
		-Ilibgo/include -I$(dir $<)

# program: $(1) the program, $(2) its sources, $(3) its reflected headers,
# $(4) more objects and libraries.
define program
$(1): $(call obj,$(2)) $(call gen_obj,$(3)) $(4)
$(call obj,$(2)): | $(call gen,$(3),h)
endef
$(foreach e,$(example_dirs),$(eval $(call program,$(BUILD)/examples/$(e),\
$(wildcard examples/$(e)/*.c),$(filter examples/$(e)/%,$(reflected)),$(LIB))))
$(foreach t,$(tours),$(eval $(call program,$(BUILD)/$(t),$(t).c,\
$(filter $(t).h,$(reflected)),$(LIB))))

# A test NOUN_test.c takes the NOUN_*.c and the reflected NOUN.h and NOUN_*.h
# beside it; those of reflectgen may call its insides.
noun = $(patsubst %_test.c,%,$(1))
parts = $(filter-out %_test.c,$(wildcard $(call noun,$(1))_*.c))
$(foreach t,$(test_src),$(eval $(call program,$(t:%.c=$(BUILD)/%),\
$(t) $(call parts,$(t)),\
$(filter $(call noun,$(t)).h $(call noun,$(t))_%.h,$(reflected)),\
$(if $(filter $(inside_src),$(t)),$(call obj,$(filter-out \
reflectgen/main.c,$(gen_src)))) $(LIB))))

$(EXAMPLES) $(BUILD)/bench:
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(link) -o $@ $(filter %.o,$^) \
		$(filter %.a,$^) -lpthread -lm

# The calls that badday_wrap.c has fail.
comma = ,
wrapped = malloc calloc realloc aligned_alloc free mmap madvise mprotect \
	pthread_create pthread_key_create pthread_setspecific epoll_create1 \
	epoll_ctl eventfd fcntl open syscall sigaltstack
$(BUILD)/tests/rt/badday_test: LDFLAGS += $(wrapped:%=-Wl$(comma)--wrap=%)

$(TESTS):
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(link) -o $@ $(filter %.o,$^) \
		$(filter %.a,$^) $(CHECK_LIBS) -lm -lpthread \
		$(if $(filter $(inside_src:%.c=$(BUILD)/%),$@),-L$(LLVM)/lib \
		-Wl$(comma)-rpath$(comma)$(LLVM)/lib -lclang)

ifneq ($(bench_src),)
$(eval $(call program,$(BUILD)/bench,$(bench_src),,$(TESTING) $(LIB)))
endif

# The peers share the harness, and with it libgo's clock.
bench_main = $(call obj,tests/bench/main.c)
$(BUILD)/peers/state_threads: $(call obj,tests/bench/peers/state_threads.c) \
		$(bench_main) $(LIB)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(link) -o $@ $^ -lst
$(BUILD)/peers/boost_fiber: tests/bench/peers/boost_fiber.cpp $(bench_main) \
		$(LIB) tests/bench/bench.h
	$(call say,CXX,$@)
	$(Q)mkdir -p $(@D) && $(CXX) -std=gnu++20 -I. -Ilibgo/include -pthread \
		$(CFLAGS) -o $@ $(filter-out %.h,$^) -lboost_fiber -lboost_context

# Generated files stay: they are read when something goes wrong.
.SECONDARY:

-include $(patsubst %.o,%.d,$(call obj,$(lib_src) $(testing_src) $(gen_src) \
	$(bench_src) $(test_src) $(foreach t,$(test_src),$(call parts,$(t))) \
	$(wildcard examples/*/*.c)) \
	$(call gen_obj,$(reflected)))
-include $(call gen,$(reflected),d)
