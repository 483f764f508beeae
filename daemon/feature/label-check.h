/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What may be the label of a station: whatever fits on a sticker, in any language. */

#include "common/macro.h"

/* In Unicode characters. */
#define LABEL_CHARACTERS_MAX 64U

typedef enum LabelVerdict {
        LABEL_GOOD,
        LABEL_EMPTY,    /* removes the label */
        LABEL_NOT_TEXT, /* not UTF-8, or with a character that moves the cursor or turns the text around */
        LABEL_TOO_LONG,
        LABEL_BORDERED, /* begins or ends with a space of any width */
        LABEL_IS_AN_ID, /* a valid seat id, which may belong to a seat now or later */
        _LABEL_VERDICT_MAX,
        _LABEL_VERDICT_INVALID = -EINVAL,
} LabelVerdict;

/* Returns a LabelVerdict, or -ENOMEM. */
LabelVerdict label_check(const char *label);

/* A sentence for the caller; NULL for LABEL_GOOD and LABEL_EMPTY. */
const char *label_verdict_explain(LabelVerdict v);
