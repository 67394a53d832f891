// SPDX-License-Identifier: MIT

#include "rt/debug.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt/atomic.h"
#include "rt/os.h"

enum { IS_READ = 1u << 31 };

_Static_assert(GO__DEBUG_COUNT < 31, "a bit for each word");

static const char *const words[] = {
#define WORD(word) #word,
	GO__DEBUG_WORDS(WORD)
#undef WORD
};

static uint32_t asked;  // atomic; bits of the words, and IS_READ

// find returns the word's number, -1 if it is none.
static int
find(const char *word, size_t n)
{
	for (int i = 0; i < GO__DEBUG_COUNT; i++)
		if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0)
			return i;
	return -1;
}

static void
complain(const char *word, size_t n)
{
	char text[256];
	int length = snprintf(text, sizeof text,
			      "libgo: LIBGO_DEBUG: there is no word \"%.*s\"; "
			      "there are:",
			      n < 40 ? (int)n : 40, word);

	for (int i = 0; i < GO__DEBUG_COUNT; i++)
		length += snprintf(text + length, sizeof text - (size_t)length,
				   " %s", words[i]);
	text[length++] = '\n';
	go__os_write(2, text, (size_t)length);
}

// read_words reads text, and complains of what it does not know if asked to.
static uint32_t
read_words(const char *text, bool complains)
{
	uint32_t found = IS_READ;
	size_t n;
	int i;

	for (;; text += n) {
		text += strspn(text, ", ");
		n = strcspn(text, ", ");
		if (n == 0)
			return found;
		i = find(text, n);
		if (i >= 0)
			found |= 1u << i;
		else if (complains)
			complain(text, n);
	}
}

bool
go__debug_has(enum go__debug word)
{
	const char *text;

	if (load_rlx(&asked) == 0) {  // the same whoever reads it first
		text = getenv("LIBGO_DEBUG");
		if (text == NULL)
			text = "";
		if (cas_rlx(&asked, 0, read_words(text, false)))
			read_words(text, true);
	}
	return load_rlx(&asked) >> word & 1;  // it stays
}
