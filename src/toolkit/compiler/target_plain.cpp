// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {

const Target& plain_target() {
  return ref_target();
}

}  // namespace aiot::toolkit
