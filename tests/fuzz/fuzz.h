/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One input for what is fuzzed. clang's -fsanitize=fuzzer calls this with inputs of its own; run.c, with
 * those of the files that it is given. */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
