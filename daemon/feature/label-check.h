/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What can be the friendly name of a station: what somebody would write on a sticker, in any language. */

#include "common/macro.h"

/* In characters, as Unicode counts them. */
#define LABEL_CHARACTERS_MAX 64U

typedef enum LabelVerdict {
        LABEL_GOOD,
        LABEL_EMPTY,    /* no label at all: what takes one away */
        LABEL_NOT_TEXT, /* not UTF-8, or with a character that moves the cursor or turns the text around */
        LABEL_TOO_LONG,
        LABEL_BORDERED, /* begins or ends with a space, of whatever width */
        LABEL_IS_AN_ID, /* could be a seat's id, if not now then tomorrow */
        _LABEL_VERDICT_MAX,
        _LABEL_VERDICT_INVALID = -EINVAL,
} LabelVerdict;

/* Or -ENOMEM. */
LabelVerdict label_check(const char *label);

/* A sentence for the person who asked; NULL for LABEL_GOOD and LABEL_EMPTY. */
const char *label_verdict_explain(LabelVerdict v);
