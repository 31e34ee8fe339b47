// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/program_builder.hpp"

namespace aiot::toolkit {

/// `name` as a C++ identifier: letters, digits, underscores; never a keyword, never empty.
std::string identifier(std::string_view name);

/// A network as a C++20 header, for firmware that never changes its model: constants that stay in
/// flash, in the namespace `networks::<identifier(name)>`:
///   kArenaBytes   what the executor needs
///   kKernels      the kernels that the network uses, no other is linked
///   kernels       them as a KernelSet
///   network()     the nn::Network; nothing is copied, nothing runs before main
/// `network` must have been compiled for `target`. It needs nothing but the library's headers.
std::string emit_header(const NetworkSpec& network, const Target& target, std::string_view name);

}  // namespace aiot::toolkit
