/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The two ends of the socket between usherd and a process that queries the user database for it. */

#include "peer/user-record.h"

/* A worker repeats an answer for this long: a user's sessions appear together after a start of usherd or
 * logind. */
#define LOOKUP_FRESH_USEC (1 * USEC_PER_SEC)

/* What a worker is asked, in one message. */
typedef struct LookupQuestion {
        uid_t uid;
        char name[LOGIN_NAME_MAX]; /* "" for a lookup by UID */
} LookupQuestion;

/* Forks a worker. It answers one question after the other, and exits when *ret_fd is closed or this process
 * ends. Its connection is *ret_fd, which is non-blocking. Returns 0 or a negative errno. */
int lookup_worker_fork(pid_t *ret_pid, int *ret_fd);

/* Sends a question to a worker that has none. Returns 0 or a negative errno. */
int lookup_worker_ask(int fd, const LookupQuestion *question);

/* Receives the answer. Returns 1 if the worker has found the account, 0 if not, -EAGAIN if there is no
 * answer yet, or another negative errno if the worker is gone or has sent something else. */
int lookup_worker_receive(int fd, UserRecord *ret);
