// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

/// One set of test macros for both sides: GoogleTest on a host, a small heap-free shim of the same
/// names on a Cortex-M. A test that keeps to TEST, EXPECT_*, ASSERT_*, SCOPED_TRACE, FAIL and
/// SUCCEED runs on both. AIOT_TEST_SHIM chooses the shim on a host, for the shim's own test.
#if defined(__unix__) && !defined(AIOT_TEST_SHIM)
#include <gtest/gtest.h>
#else
#include "tests/support/target_test.hpp"
#endif
