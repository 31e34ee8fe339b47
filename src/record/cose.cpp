// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cose.hpp"

#include "aiot/record/cbor.hpp"
#include "aiot/record/deterministic.hpp"

namespace aiot::record {
namespace {

// Labels of RFC 9052, table 3.
constexpr std::int64_t kLabelAlgorithm = 1;
constexpr std::int64_t kLabelCritical = 2;
constexpr std::int64_t kLabelKeyId = 4;

constexpr std::uint64_t kParts = 4;

constexpr std::int64_t algorithm(CoseKind kind) noexcept {
  return kind == CoseKind::kMac0 ? 5 : -7;
}

CoseFault fault_of(Error error) noexcept {
  switch (error) {
    case Error::kEmpty:
    case Error::kOutOfRange:
      return CoseFault::kTruncated;
    case Error::kInvalidArgument:
      return CoseFault::kNotDeterministic;
    default:
      return CoseFault::kNotCbor;
  }
}

CoseFault check_form(Bytes message) noexcept {
  Decoder decoder(message);
  if (const Result<Bytes> item = decoder.skip(); !item.ok()) {
    return fault_of(item.error());
  }
  if (!decoder.at_end()) {
    return CoseFault::kTrailing;
  }
  const Status form = check_deterministic(message);
  return form.ok() ? CoseFault::kNone : fault_of(form.error());
}

// The protected headers, behind `check_deterministic`: labels come once each.
class HeaderReader {
 public:
  explicit HeaderReader(CoseKind kind) noexcept : kind_(kind) {}

  CoseFault read(Bytes content, CoseHeaders& headers) noexcept {
    Decoder decoder(content);
    if (!check_deterministic(content).ok()) {
      return CoseFault::kHeaders;
    }
    const Result<std::uint64_t> pairs = decoder.read_map();
    if (!pairs.ok()) {
      return CoseFault::kHeaders;
    }
    for (std::uint64_t i = 0; i < *pairs; ++i) {
      if (const CoseFault fault = read_pair(decoder, headers); fault != CoseFault::kNone) {
        return fault;
      }
    }
    if (!has_algorithm_) {
      return CoseFault::kNoAlgorithm;
    }
    return critical_.empty() ? CoseFault::kNone : check_critical(headers);
  }

 private:
  CoseFault read_pair(Decoder& decoder, CoseHeaders& headers) noexcept {
    const Result<std::int64_t> label = decoder.read_integer();
    if (!label.ok()) {
      // A text, or an integer that no label of ours comes near.
      const Result<Item> other = decoder.next();
      const bool is_label = other.ok() && other->type <= Type::kText && other->type != Type::kBytes;
      return is_label && decoder.skip().ok() ? CoseFault::kNone : CoseFault::kLabel;
    }
    switch (*label) {
      case kLabelAlgorithm: {
        const Result<std::int64_t> number = decoder.read_integer();
        has_algorithm_ = true;
        return number.ok() && *number == algorithm(kind_) ? CoseFault::kNone
                                                          : CoseFault::kAlgorithm;
      }
      case kLabelKeyId: {
        const Result<Bytes> kid = decoder.read_bytes();
        if (!kid.ok() || kid->empty()) {
          return CoseFault::kKeyId;
        }
        headers.kid = *kid;
        return CoseFault::kNone;
      }
      default:
        break;
    }
    const Result<Bytes> value = decoder.skip();
    if (!value.ok()) {
      return CoseFault::kHeaders;
    }
    if (*label == kLabelCritical) {
      critical_ = *value;
    } else if (*label == kCoseAiotLabel) {
      headers.aiot = *value;
    }
    return CoseFault::kNone;
  }

  // RFC 9052, 3.1: at least one label, each of a header that is there and understood.
  [[nodiscard]] CoseFault check_critical(const CoseHeaders& headers) const noexcept {
    Decoder decoder(critical_);
    const Result<std::uint64_t> count = decoder.read_array();
    if (!count.ok() || *count == 0) {
      return CoseFault::kCritical;
    }
    for (std::uint64_t i = 0; i < *count; ++i) {
      const Result<std::int64_t> label = decoder.read_integer();
      const bool known = label.ok() && (*label == kLabelAlgorithm ||
                                        (*label == kLabelKeyId && !headers.kid.empty()) ||
                                        (*label == kCoseAiotLabel && !headers.aiot.empty()));
      if (!known) {
        return CoseFault::kCritical;
      }
    }
    return CoseFault::kNone;
  }

  CoseKind kind_;
  bool has_algorithm_ = false;
  Bytes critical_{};
};

CoseFault read_message(Bytes message, CoseView& view) noexcept {
  if (const CoseFault fault = check_form(message); fault != CoseFault::kNone) {
    return fault;
  }
  Decoder decoder(message);
  const Result<std::uint64_t> tag = decoder.read_tag();
  const bool is_mac = tag.ok() && *tag == static_cast<std::uint64_t>(CoseKind::kMac0);
  const bool is_signature = tag.ok() && *tag == static_cast<std::uint64_t>(CoseKind::kSign1);
  if (!is_mac && !is_signature) {
    return CoseFault::kTag;
  }
  view.kind = is_mac ? CoseKind::kMac0 : CoseKind::kSign1;
  const Result<std::uint64_t> parts = decoder.read_array();
  if (!parts.ok() || *parts != kParts) {
    return CoseFault::kShape;
  }
  const Result<Bytes> headers = decoder.read_bytes();
  if (!headers.ok()) {
    return CoseFault::kShape;
  }
  const Result<std::uint64_t> unprotected = decoder.read_map();
  if (!unprotected.ok()) {
    return CoseFault::kShape;
  }
  if (*unprotected != 0) {
    return CoseFault::kUnprotected;
  }
  if (decoder.take_null()) {
    return CoseFault::kDetached;
  }
  const Result<Bytes> payload = decoder.read_bytes();
  const Result<Bytes> seal = payload.ok() ? decoder.read_bytes() : payload;
  if (!seal.ok()) {
    return CoseFault::kShape;
  }
  view.protected_headers = *headers;
  view.payload = *payload;
  view.seal = *seal;
  HeaderReader reader(view.kind);
  if (const CoseFault fault = reader.read(*headers, view.headers); fault != CoseFault::kNone) {
    return fault;
  }
  return seal->size() == cose_seal_bytes(view.kind) ? CoseFault::kNone : CoseFault::kSealSize;
}

}  // namespace

Result<Bytes> encode_cose_headers(CoseKind kind,
                                  const CoseHeaders& headers,
                                  MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.map(1U + (headers.kid.empty() ? 0U : 1U) + (headers.aiot.empty() ? 0U : 1U));
  encoder.integer(kLabelAlgorithm);
  encoder.integer(algorithm(kind));
  if (!headers.kid.empty()) {
    encoder.integer(kLabelKeyId);
    encoder.bytes(headers.kid);
  }
  if (!headers.aiot.empty()) {
    encoder.integer(kCoseAiotLabel);
    encoder.raw(headers.aiot);
  }
  return encoder.finish();
}

Result<Bytes> encode_cose_structure(CoseKind kind,
                                    Bytes headers,
                                    std::string_view aad,
                                    std::size_t payload_bytes,
                                    MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.array(kParts);
  encoder.text(kind == CoseKind::kMac0 ? "MAC0" : "Signature1");
  encoder.bytes(headers);
  encoder.bytes(as_bytes(aad.data(), aad.size()));
  encoder.bytes_head(payload_bytes);
  return encoder.finish();
}

Result<Bytes> encode_cose_message(CoseKind kind,
                                  Bytes headers,
                                  std::size_t payload_bytes,
                                  MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.tag(static_cast<std::uint64_t>(kind));
  encoder.array(kParts);
  encoder.bytes(headers);
  encoder.map(0);
  encoder.bytes_head(payload_bytes);
  return encoder.finish();
}

Result<Bytes> encode_cose_seal(Bytes seal, MutableBytes out) noexcept {
  Encoder encoder(out);
  encoder.bytes(seal);
  return encoder.finish();
}

CoseView decode_cose(Bytes message) noexcept {
  CoseView view;
  view.fault = read_message(message, view);
  return view;
}

const char* to_string(CoseFault fault) noexcept {
  switch (fault) {
    case CoseFault::kNone:
      return "no fault";
    case CoseFault::kTruncated:
      return "the message ends too early";
    case CoseFault::kNotCbor:
      return "the message is not CBOR, or nested too deep";
    case CoseFault::kTrailing:
      return "bytes behind the message";
    case CoseFault::kNotDeterministic:
      return "the message is CBOR, but not in deterministic form";
    case CoseFault::kTag:
      return "not tagged as COSE_Mac0 (17) or COSE_Sign1 (18)";
    case CoseFault::kShape:
      return "not an array of protected headers, unprotected headers, payload and seal";
    case CoseFault::kDetached:
      return "the payload is not in the message";
    case CoseFault::kUnprotected:
      return "headers that are not protected, which anybody could change";
    case CoseFault::kHeaders:
      return "the protected headers are no map in deterministic form";
    case CoseFault::kLabel:
      return "a header's label is neither an integer nor a text";
    case CoseFault::kNoAlgorithm:
      return "no algorithm among the protected headers";
    case CoseFault::kAlgorithm:
      return "another algorithm than HMAC 256/256 of COSE_Mac0 or ES256 of COSE_Sign1";
    case CoseFault::kCritical:
      return "a critical header that this version does not know, or an empty list of them";
    case CoseFault::kKeyId:
      return "the key's name is no byte string, or empty";
    case CoseFault::kSealSize:
      return "the code is not of 32 bytes, or the signature not of 64";
  }
  return "unknown fault";
}

}  // namespace aiot::record
