#!/bin/sh
set -eu
mkdir -p backup
cp -r data backup/
