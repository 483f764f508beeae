/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Calls of usherd that a widget begins. What goes wrong is a toast in its window, in usherd's words. */

#include <adwaita.h>

#include "stations/context.h"

/* A toast in the window of the widget. The text is not markup. */
void usher_toast(GtkWidget *widget, const char *text);
void usher_toast_error(GtkWidget *widget, const GError *error);

/* One call. arguments: consumed if floating; NULL for none. */
void usher_deed(GtkWidget *widget,
                UsherContext *context,
                const char *path,
                const char *member,
                GVariant *arguments);

/* The same call on each of the paths. When all have been answered: a toast with the first error, or with
 * done if there was none; NULL for no toast. */
void usher_deed_each(GtkWidget *widget,
                UsherContext *context,
                const char *const *paths,
                const char *member,
                GVariant *arguments,
                const char *done);

/* The same for calls that return the paths of log-offs; the toast has a button that cancels them. */
void usher_deed_log_off(GtkWidget *widget,
                UsherContext *context,
                const char *const *paths,
                const char *member,
                GVariant *arguments);
