/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that send texts to stations, and those by which the programs that show them fetch them. */

#include <systemd/sd-bus.h>

/* Of the Manager. "ss": station and text. Nothing is shown at a free station, which is no error. */
int method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* "s" → "u", how many stations it has reached. */
int method_send_message_all(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* → "a(ssssusst)", the notices for the caller's own sessions, or all of them for root. */
int method_list_notices(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* "us": the number of a notice and how it was shown. Only its own user may say so. */
int method_notice_shown(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Of a Station. "s": the text. */
int station_method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error);
