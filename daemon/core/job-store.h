/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A job as a record of the store. */

#include "core/job.h"
#include "core/store.h"

#define JOB_STORE_TYPE "Job"

void job_store_write(const Job *j, StoreWriter *w);

/* Reads a job; the caller frees it with job_done(). Returns -EBADMSG for a record that lacks something,
 * -ENOMEM. */
int job_store_read(Job *ret, const StoreRecord *r);
