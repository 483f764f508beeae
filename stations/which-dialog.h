/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* "Which is which": one station after another shows its name on its screen, and Enter on a keyboard attaches
 * the hub of that keyboard to it. */

#include <adwaita.h>

#include "stations/context.h"

#define USHER_TYPE_WHICH_DIALOG (usher_which_dialog_get_type())
G_DECLARE_FINAL_TYPE(UsherWhichDialog, usher_which_dialog, USHER, WHICH_DIALOG, AdwDialog)

/* The dialog opens when usherd listens to the keyboards; a refusal is a toast. */
void usher_which_dialog_present(GtkWidget *parent, UsherContext *context);
