/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The language and time zone of the user. systemd starts this program, so its environment does not have
 * them. */

#include "warn/user-bus.h"

typedef struct Language Language;
typedef void (*LanguageFunc)(void *userdata);

/* Asks the user's systemd for its environment, and calls func once: when the reply has come, or when it is
 * late and the language of the machine is used. A late reply still counts for later texts. Returns 0 or a
 * negative errno. */
int language_new(Language **ret, sd_event *event, UserBus *bus, LanguageFunc func, void *userdata);
Language *language_free(Language *l);

DEFINE_CLEANUP(Language *, language_free);
#define _cleanup_language_ _cleanup_(language_freep)
