// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::linux_port {

/// The folder of `path`, or of the folder `path`; "." when it names none.
std::string parent_of(const std::string& path);

/// Makes the names in a directory durable. False: errno.
bool sync_directory(const std::string& path) noexcept;

/// `kNoSpace` for the errno of a full disk, else `kIo`.
Error error_of(int error) noexcept;

/// What is wrong and what to do, in words, for the errno of a file that could not be written.
std::string advice(int error);

/// Makes `path` a file of these bytes and this mode, durably: after a crash at any point it is
/// completely the old one, or completely the new one. Uses the name `path`.new, also one that a
/// crash left behind. One writer at a time.
/// Errors: `kNoSpace` disk full; `kIo`; after both, `path` is one of the two as well. `message`:
/// one line, what is wrong; what to do.
Status replace_file(const std::string& path, Bytes content, mode_t mode, std::string& message);

}  // namespace aiot::linux_port
