/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The records of the journal that answer who ended whom; units/usher.catalog explains them. */

#include "core/job-runner.h"
#include "core/notice.h"

/* One for each job, at its end. */
void journal_job_ended(JobRunner *l);
void journal_login_screen_missing(const Station *s, uint32_t job);
void journal_message(const Notice *n, NoticeShown how);
void journal_station_health(const Station *s);
/* Hubs were gone for too long, and this is done about it. */
void journal_hub_lost(const Station *s, const TopologySeat *seat, HubLost action);
