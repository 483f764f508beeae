/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/history.h"

/* Reads the journal of this machine, with the filter. Prints what went wrong and returns a negative errno
 * then. Without the right to read the system's journal there are no records, and no error. */
int journal_read_history(const HistoryFilter *filter, History **ret);
