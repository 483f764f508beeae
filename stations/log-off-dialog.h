/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is asked before people are logged off: how long they are warned, with which words, and whom it
 * concerns. */

#include <adwaita.h>

#include "stations/context.h"

typedef enum UsherLogOffKind {
        USHER_LOG_OFF_STATIONS,
        USHER_LOG_OFF_ALL,
        USHER_LOG_OFF_RESTART,
        USHER_LOG_OFF_POWER_OFF,
        USHER_LOG_OFF_CONSOLE, /* all screens become one machine */
        USHER_LOG_OFF_STATION, /* and stations again */
        USHER_N_LOG_OFF_KINDS,
} UsherLogOffKind;

#define USHER_TYPE_LOG_OFF_DIALOG (usher_log_off_dialog_get_type())
G_DECLARE_FINAL_TYPE(UsherLogOffDialog, usher_log_off_dialog, USHER, LOG_OFF_DIALOG, AdwDialog)

/* paths: of the stations, for USHER_LOG_OFF_STATIONS. */
void usher_log_off_dialog_present(
                GtkWidget *parent, UsherContext *context, UsherLogOffKind kind, const char *const *paths);
