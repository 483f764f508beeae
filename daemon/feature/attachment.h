/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whether what logind was asked has come about. */

#include "core/manager.h"

/* logind has taken it that this device belongs to that seat. */
void attachment_note(Manager *m, const char *syspath, const char *seat);

/* logind has forgotten all attachments. */
void attachment_note_flush(Manager *m);

void attachment_done(Manager *m);
