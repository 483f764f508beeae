/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Compares two stations by id and label, as strcmp() does: seat0 first, then by label, or by id where there
 * is no label. usherd and usherctl list stations in this order. */
int station_order(const char *a_id, const char *a_label, const char *b_id, const char *b_label);
