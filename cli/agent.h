/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/types.h>

/* polkit's agent for terminals, which asks for the password while a call waits. */
typedef struct Agent {
        pid_t pid;
} Agent;

#define AGENT_NONE ((Agent) { .pid = 0 })

/* Starts it where it can be of use: as a person, on a terminal. It is no error if it cannot be started:
 * polkit may know another agent, and says no otherwise. */
void agent_start(Agent *a);
void agent_stop(Agent *a);
