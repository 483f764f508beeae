/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Shutdowns of the machine, whoever asks for them. usher-shutdown.service holds them up and has everybody
 * warned; what goes past it, to logind alone, is held up by our delay lock for as long as logind lets us,
 * for a last word. */

#include "core/manager.h"

int shutdown_start(Manager *m);

/* logind is there, with a whole picture, or went away. */
void shutdown_logind_synced(Manager *m);
void shutdown_logind_lost(Manager *m);

/* logind begins a shutdown, or calls it off. */
void shutdown_prepare(Manager *m, bool begins);

/* Whether the machine goes down, be it that logind says so or that the hook is at work for it. */
bool shutdown_is_under_way(const Manager *m);

/* A log-off has ended, and may have been the last one that a shutdown waited for. */
void shutdown_job_ended(Manager *m);

void shutdown_done(Manager *m);
