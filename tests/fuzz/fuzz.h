/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Runs the tested code with one input. A fuzzing engine calls this with inputs that it makes up, see
 * tests/lib/fuzz; run.c calls it with those of files. */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
