/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Used by every file of the programs: cleanup attributes, ownership of pointers, times. */

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A time or a span in µs. Countdowns are CLOCK_MONOTONIC unless the name says otherwise. */
typedef uint64_t usec_t;

#define USEC_PER_MSEC ((usec_t) 1000)
#define USEC_PER_SEC ((usec_t) 1000000)
#define USEC_PER_MINUTE (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
#define USEC_INFINITY UINT64_MAX

#define ELEMENTSOF(a) (sizeof(a) / sizeof((a)[0]))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

/* Passes ownership of a pointer on: the variable becomes NULL, so its cleanup does nothing. */
#define TAKE_PTR(p)                     \
        ({                              \
                typeof(p) _taken = (p); \
                (p) = NULL;             \
                _taken;                 \
        })

#define TAKE_FD(fd)                   \
        ({                            \
                int _taken_fd = (fd); \
                (fd) = -EBADF;        \
                _taken_fd;            \
        })

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))

/* Declares func##p(), the form that _cleanup_() wants, for a destructor that takes NULL. */
#define DEFINE_CLEANUP(type, func)            \
        static inline void func##p(type *p) { \
                if (*p)                       \
                        func(*p);             \
        }                                     \
        struct usher_swallow_semicolon

static inline void freep(void *p) {
        free(*(void **) p);
}

static inline void closep(int *fd) {
        if (*fd >= 0)
                close(*fd);
}

DEFINE_CLEANUP(FILE *, fclose);
DEFINE_CLEANUP(DIR *, closedir);

#define _cleanup_free_ _cleanup_(freep)
#define _cleanup_close_ _cleanup_(closep)
#define _cleanup_fclose_ _cleanup_(fclosep)
#define _cleanup_closedir_ _cleanup_(closedirp)

static inline bool streq(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* Whether two strings are equal; either may be NULL. */
static inline bool streq_ptr(const char *a, const char *b) {
        return a == b || (a && b && streq(a, b));
}

static inline const char *strempty(const char *s) {
        return s ? s : "";
}

static inline bool isempty(const char *s) {
        return !s || !s[0];
}

static inline const char *startswith(const char *s, const char *prefix) {
        size_t n = strlen(prefix);

        return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

/* Replaces an owned string by a copy of another, which may be NULL. Returns 1 if it changed, 0 if it was
 * the same already, -ENOMEM (and nothing changed). */
int string_replace(char **p, const char *s);

/* The names of an enum: f_to_string() returns NULL and f_from_string() -EINVAL for values outside of the
 * table. */
#define DECLARE_STRING_TABLE(type, f)          \
        const char *f##_to_string(type value); \
        type f##_from_string(const char *s)

#define DEFINE_STRING_TABLE(type, f, table, max)                   \
        const char *f##_to_string(type value) {                    \
                if ((int) value < 0 || (int) value >= (int) (max)) \
                        return NULL;                               \
                return table[value];                               \
        }                                                          \
        type f##_from_string(const char *s) {                      \
                for (int i = 0; i < (int) (max); i++)              \
                        if (table[i] && streq_ptr(table[i], s))    \
                                return (type) i;                   \
                return (type) -EINVAL;                             \
        }                                                          \
        struct usher_swallow_semicolon
