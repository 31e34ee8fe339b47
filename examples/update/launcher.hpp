// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace gateway {

/// One start of the gateway, as one boot of a microcontroller: chooses a slot, makes the link name
/// its app, runs that and waits for its end. An app on trial that was not confirmed after `seconds`
/// is given up and stopped. The exit code is the app's, or 1.
int start(const std::string& folder, int seconds);

}  // namespace gateway
