#!/bin/bash -eu
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the fuzz targets for ClusterFuzzLite and OSS-Fuzz, which set CC, CFLAGS, LIB_FUZZING_ENGINE and OUT. The libraries
# that the targets need are copied next to them, because the machine that runs them does not have them.

build=$WORK/build
meson setup "$build" -Dtests=true -Dman=disabled -Didentify=disabled -Dnls=false -Db_lundef=false \
        -Dfuzzing-engine="$LIB_FUZZING_ENGINE"
ninja -C "$build" fuzzers

mkdir -p "$OUT/lib"
for corpus in tests/fuzz/corpus-*; do
        name=fuzz-${corpus##*/corpus-}
        cp "$build/tests/fuzz/$name" "$OUT/"
        patchelf --force-rpath --set-rpath '$ORIGIN/lib' "$OUT/$name"
        ldd "$OUT/$name" | awk '$3 ~ "^/" && $1 !~ /^(libc|libm|libpthread|librt|libdl)\.so/ { print $3 }' |
                xargs --no-run-if-empty cp --no-clobber --target-directory="$OUT/lib"
        zip --quiet --junk-paths "$OUT/${name}_seed_corpus.zip" "$corpus"/*
done
