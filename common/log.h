/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The log of a program: to the journal if stderr is connected to it, else to stderr. Each message is one
 * record, whatever bytes its text holds. The levels are syslog's. */

#include <syslog.h>

#include "common/macro.h"

void log_init(const char *identifier);

/* Messages above this level are dropped. */
void log_set_max_level(int level);
int log_get_max_level(void);

/* "journal" or "console": the destination of the records. */
const char *log_get_target(void);
int log_set_target(const char *target);

DECLARE_STRING_TABLE(int, log_level);

/* Logs one record. %m in the format is the text of |error|. Returns -|error|, so that a caller can log and
 * return in one statement. */
int log_full(int level, int error, const char *file, int line, const char *format, ...) _printf_(5, 6);

#define log_at(level, error, ...) log_full(level, error, __FILE__, __LINE__, __VA_ARGS__)

#define log_debug(...) log_at(LOG_DEBUG, 0, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, 0, __VA_ARGS__)
#define log_notice(...) log_at(LOG_NOTICE, 0, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, 0, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERR, 0, __VA_ARGS__)

#define log_debug_errno(error, ...) log_at(LOG_DEBUG, error, __VA_ARGS__)
#define log_info_errno(error, ...) log_at(LOG_INFO, error, __VA_ARGS__)
#define log_warning_errno(error, ...) log_at(LOG_WARNING, error, __VA_ARGS__)
#define log_error_errno(error, ...) log_at(LOG_ERR, error, __VA_ARGS__)

#define log_oom() log_error_errno(ENOMEM, "Out of memory.")
