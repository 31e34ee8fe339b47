// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

/// The form of sealed messages: COSE_Mac0 and COSE_Sign1 (RFC 9052) in deterministic CBOR, tagged,
/// with an attached payload, all headers protected. No keys and no cryptography here: these
/// functions give the bytes that are authenticated, and put messages together and apart.
namespace aiot::record {

/// The number is the CBOR tag.
enum class CoseKind : std::uint8_t {
  kMac0 = 17,   ///< HMAC 256/256 (algorithm 5): 32 bytes
  kSign1 = 18,  ///< ES256 (algorithm -7): r, s; 64 bytes
};

/// Label of the one header of our own, from the range for private use.
inline constexpr std::int64_t kCoseAiotLabel = -65537;

/// Bytes of the code or signature.
constexpr std::size_t cose_seal_bytes(CoseKind kind) noexcept {
  return kind == CoseKind::kMac0 ? 32 : 64;
}

/// What is said beside the algorithm, which the kind decides.
struct CoseHeaders {
  Bytes kid{};   ///< which key; empty: not said
  Bytes aiot{};  ///< encoded item under `kCoseAiotLabel`; empty: there is none
};

/// Bytes that `encode_cose_headers` needs at most.
constexpr std::size_t max_cose_headers(std::size_t kid, std::size_t aiot) noexcept {
  return 1 + 2 + (1 + 5 + kid) + (5 + aiot);
}

/// Bytes of `encode_cose_structure` at most: context 1 + 11, two strings, the payload's head.
constexpr std::size_t max_cose_structure(std::size_t headers, std::size_t aad) noexcept {
  return 12 + (5 + headers) + (5 + aad) + 9;
}

/// Content of the protected header. Errors: `kNoSpace`.
Result<Bytes> encode_cose_headers(CoseKind kind,
                                  const CoseHeaders& headers,
                                  MutableBytes out) noexcept;

/// Begin of MAC_structure (RFC 9052, 6.3) or Sig_structure (4.4): what is authenticated are these
/// bytes and, behind them, the payload. `headers` is the content of the protected header, `aad`
/// what both sides know without its being sent. Errors: `kNoSpace`.
Result<Bytes> encode_cose_structure(CoseKind kind,
                                    Bytes headers,
                                    std::string_view aad,
                                    std::size_t payload_bytes,
                                    MutableBytes out) noexcept;

/// Begin of the message: the payload follows, then `encode_cose_seal`. Errors: `kNoSpace`.
Result<Bytes> encode_cose_message(CoseKind kind,
                                  Bytes headers,
                                  std::size_t payload_bytes,
                                  MutableBytes out) noexcept;

/// End of the message. Errors: `kNoSpace`.
Result<Bytes> encode_cose_seal(Bytes seal, MutableBytes out) noexcept;

/// Why bytes are no message of ours. Of several faults the first one that is met counts. The
/// numbers are kept in logs: never reused.
enum class CoseFault : std::uint8_t {
  kNone = 0,
  kTruncated = 1,         ///< ends too early
  kNotCbor = 2,           ///< not CBOR
  kTrailing = 3,          ///< bytes behind the message
  kNotDeterministic = 4,  ///< not the one form that these values have
  kTag = 5,               ///< not tagged as COSE_Mac0 or COSE_Sign1
  kShape = 6,             ///< not an array of headers, headers, payload and seal
  kDetached = 7,          ///< the payload is somewhere else
  kUnprotected = 8,       ///< headers that are not protected
  kHeaders = 9,           ///< the protected ones are no map in deterministic form
  kLabel = 10,            ///< a label is neither an integer nor a text
  kNoAlgorithm = 11,      ///< no algorithm
  kAlgorithm = 12,        ///< another algorithm than the one of its kind
  kCritical = 13,         ///< a critical header that this version does not know, or no such list
  kKeyId = 14,            ///< the key's name is no byte string, or empty
  kSealSize = 15,         ///< code or signature of a wrong size
};

/// What is wrong, in one sentence for tools and logs; never null.
const char* to_string(CoseFault fault) noexcept;

/// A message as it was read; views point into it. Nothing in it is worth anything before the seal
/// was checked.
struct CoseView {
  CoseFault fault = CoseFault::kNone;
  CoseKind kind = CoseKind::kMac0;
  CoseHeaders headers{};
  Bytes protected_headers{};  ///< content, as it was authenticated
  Bytes payload{};
  Bytes seal{};

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == CoseFault::kNone; }
};

/// Takes exactly one message apart. Headers that it does not know and that are not critical are
/// skipped; of what is in them only heads and lengths must be the shortest.
[[nodiscard]] CoseView decode_cose(Bytes message) noexcept;

}  // namespace aiot::record
