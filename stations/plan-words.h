/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a log-off is going to do, in sentences. */

#include "stations/context.h"
#include "stations/model/plan.h"

/* "3 people: Ada, Ben and Cy". */
char *usher_plan_words_ending(UsherPlan *plan, UsherContext *context);

/* "Left alone: Ada (this is you)."; "" for nobody. */
char *usher_plan_words_left(UsherPlan *plan, UsherContext *context);
