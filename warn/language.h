/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The language and time zone of the user, who did not start us: systemd did. */

#include "build-config.h"
#include "warn/user-bus.h"

typedef struct Language Language;
typedef void (*LanguageFunc)(void *userdata);

/* Asks the user's systemd for its environment, and calls func once: when the answer is there, or when it did
 * not come in time and the machine's own language has to do. An answer that comes later still counts for
 * what is said then. */
int language_new(Language **ret, sd_event *event, UserBus *bus, LanguageFunc func, void *userdata);
Language *language_free(Language *l);

DEFINE_CLEANUP(Language *, language_free);
#define _cleanup_language_ _cleanup_(language_freep)

/* Takes what matters of a list of NAME=value and speaks that language from now on. Returns whether it named
 * one. */
bool language_apply(const char *const *environment);
