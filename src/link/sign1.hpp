// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/record/cose.hpp"

/// COSE_Sign1 with the keys of a key store.
namespace aiot::link {

/// The message, at the begin of `out`. The payload may be in `out`. Errors: `kNoSpace`; those of
/// the key store.
Result<Bytes> seal_sign1(Bytes headers,
                         std::string_view aad,
                         Bytes payload,
                         hal::KeyId key,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept;

/// With the public part of `key`: the point, or a SubjectPublicKeyInfo. `kNone`, `kKey` or `kSeal`.
SealFault check_sign1(const record::CoseView& view,
                      std::string_view aad,
                      hal::KeyId key,
                      hal::KeyStoreRef keys) noexcept;

}  // namespace aiot::link
