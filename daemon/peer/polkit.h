/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What is said to polkit, and what it answers: the messages of org.freedesktop.PolicyKit1.Authority. */

#include <systemd/sd-bus.h>

#include "bus/polkit.h"

typedef enum PolkitAnswer {
        POLKIT_ANSWER_NONE, /* so far */
        POLKIT_ANSWER_ALLOWED,
        POLKIT_ANSWER_DENIED,
        POLKIT_ANSWER_CHALLENGE, /* would be allowed after a password, and the caller did not want to be
                                    asked */
} PolkitAnswer;

/* The question whether this sender may do this. The number is what polkit_message_cancel() calls it by. */
int polkit_message_new(sd_bus *bus,
                sd_bus_message **ret,
                const char *subject,
                const char *action,
                PolkitDetails details,
                bool interactive,
                unsigned number);

/* Whatever is not a plain yes is a no. */
PolkitAnswer polkit_message_read(sd_bus_message *reply);

/* Nobody waits for the answer any more: a dialog may close. */
void polkit_message_cancel(sd_bus *bus, unsigned number);
