/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "build-config.h"

#if ENABLE_NLS
#include <libintl.h>
#define _(s) gettext(s)
#define catalog_open()                                                                                \
        ((void) bindtextdomain("usher", LOCALEDIR), (void) bind_textdomain_codeset("usher", "UTF-8"), \
                        (void) textdomain("usher"))
#else
#define _(s) (s)
#define catalog_open() ((void) 0)
#define ngettext(one, many, n) ((n) == 1 ? (one) : (many))
#endif
