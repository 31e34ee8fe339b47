// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "bench/store/size_flash.hpp"

aiot::hal::FlashGeometry probe_geometry;
volatile std::uint8_t probe_answer;
