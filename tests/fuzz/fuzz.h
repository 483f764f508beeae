/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Runs the tested code with one input. clang's -fsanitize=fuzzer calls this with generated inputs, run.c
 * with those of files. */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
